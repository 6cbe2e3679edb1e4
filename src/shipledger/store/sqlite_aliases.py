"""Deployments by the names that several of them may have, such as an issue."""

from __future__ import annotations

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.submission import Alias
from shipledger.store import rows
from shipledger.store.sqlite_session import SqliteSession


class SqliteAliases(SqliteSession):
    """What else a name of a deployment names."""

    async def list_deployments_by_alias(self, organization_id: str, alias: Alias, *, limit: int) -> list[Deployment]:
        """See ReadStore."""
        parameters = {
            "organization_id": organization_id,
            "scope": rows.storable(alias.scope),
            "key": rows.storable(alias.key),
            "limit": limit,
        }
        text = await self._read(
            lambda connection: connection.execute(self._sql["list_deployments_by_alias"], parameters).fetchone()[0]
        )
        return rows.decode_deployments(text or "[]")
