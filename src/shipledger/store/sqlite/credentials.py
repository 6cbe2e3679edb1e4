"""Credentials in a SQLite file."""

from __future__ import annotations

from datetime import datetime

from shipledger.access.credential import Credential
from shipledger.clock import to_microseconds
from shipledger.store import rows
from shipledger.store.sqlite.session import SqliteSession


class SqliteCredentials(SqliteSession):
    """Who may come in."""

    async def create_credential(self, credential: Credential) -> None:
        """See CredentialStore. Raises Conflict when its id or hash is taken."""
        parameters = rows.from_credential(credential)
        await self._write(lambda connection: connection.execute(self._sql["create_credential"], parameters).rowcount)

    async def find_credential_by_hash(self, secret_hash: bytes) -> Credential | None:
        """See CredentialStore."""
        parameters = {"secret_hash": secret_hash}
        row = await self._read(lambda connection: connection.execute(self._sql["find_credential_by_hash"], parameters).fetchone())
        return None if row is None else rows.to_credential(row)

    async def find_credential(self, organization_id: str, credential_id: str) -> Credential | None:
        """See CredentialStore."""
        parameters = {"organization_id": organization_id, "credential_id": credential_id}
        row = await self._read(lambda connection: connection.execute(self._sql["find_credential"], parameters).fetchone())
        return None if row is None else rows.to_credential(row)

    async def list_credentials(self, organization_id: str) -> list[Credential]:
        """See CredentialStore."""
        parameters = {"organization_id": organization_id}
        found = await self._read(lambda connection: connection.execute(self._sql["list_credentials"], parameters).fetchall())
        return [rows.to_credential(row) for row in found]

    async def revoke_credential(self, organization_id: str, credential_id: str, *, now: datetime) -> bool:
        """See CredentialStore."""
        parameters = {
            "organization_id": organization_id,
            "credential_id": credential_id,
            "now_us": to_microseconds(now),
        }
        return await self._write(lambda connection: connection.execute(self._sql["revoke_credential"], parameters).rowcount == 1)
