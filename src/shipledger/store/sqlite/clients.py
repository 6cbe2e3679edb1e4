"""Access tokens, and apps that sign with a secret, in a SQLite file."""

from __future__ import annotations

from datetime import datetime

from shipledger.access.access_token import AccessToken
from shipledger.access.connect_app import ConnectApp
from shipledger.access.credential import Credential
from shipledger.clock import to_microseconds
from shipledger.store import rows
from shipledger.store.sqlite.connection import Connection
from shipledger.store.sqlite.credentials import SqliteCredentials

_APP_COLUMNS = 3


class SqliteClients(SqliteCredentials):
    """Credentials, and what stands for them on the wire."""

    async def save_access_token(self, token: AccessToken, *, now: datetime) -> None:
        """See AccessTokenStore."""
        owner = {"organization_id": token.organization_id, "credential_id": token.credential_id}

        def save(connection: Connection) -> None:
            connection.execute(self._sql["forget_expired_tokens"], {**owner, "now_us": to_microseconds(now)})
            connection.execute(
                self._sql["save_access_token"],
                {**owner, "token_hash": token.token_hash, "expires_us": to_microseconds(token.expires_at)},
            )

        await self._write(save)

    async def find_credential_by_token(self, token_hash: bytes, *, now: datetime) -> Credential | None:
        """See AccessTokenStore."""
        parameters = {"token_hash": token_hash, "now_us": to_microseconds(now)}
        row = await self._read(
            lambda connection: connection.execute(self._sql["find_credential_by_token"], parameters).fetchone()
        )
        return None if row is None else rows.to_credential(row)

    async def create_connect_app(self, credential: Credential, app: ConnectApp) -> None:
        """See ConnectAppStore."""
        parameters = {
            "organization_id": app.organization_id,
            "credential_id": app.credential_id,
            "app_key": app.app_key,
            "sealed_secret": app.sealed_secret,
            "has_deployment_module": int(app.has_deployment_module),
        }

        def create(connection: Connection) -> None:
            connection.execute(self._sql["create_credential"], rows.from_credential(credential))
            connection.execute(self._sql["save_connect_app"], parameters)

        await self._write(create)

    async def list_connect_apps(self, app_key: str, *, limit: int) -> list[tuple[Credential, ConnectApp]]:
        """See ConnectAppStore."""
        parameters = {"app_key": app_key, "limit": limit}
        found = await self._read(lambda connection: connection.execute(self._sql["list_connect_apps"], parameters).fetchall())
        return [(rows.to_credential(row[:-_APP_COLUMNS]), _to_app(row)) for row in found]


def _to_app(row: rows.Row) -> ConnectApp:
    app_key, sealed_secret, has_deployment_module = row[-_APP_COLUMNS:]
    return ConnectApp(
        organization_id=row[0],
        credential_id=row[1],
        app_key=app_key,
        sealed_secret=sealed_secret,
        has_deployment_module=bool(has_deployment_module),
    )
