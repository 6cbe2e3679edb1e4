"""Deployments by the names that several of them may have, such as an issue."""

from __future__ import annotations

from datetime import datetime, timedelta

from shipledger.clock import to_microseconds
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.identity import bare_uuid, new_id
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Alias
from shipledger.store import rows
from shipledger.store.sqlite.session import SqliteSession

_AFTER_ALL_IDS = "\U0010ffff"
_RECORDED_EARLY = timedelta(weeks=4)
"""So much earlier than it succeeds may a deployment have been recorded, and still be counted."""


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

    async def list_deployments_before(
        self, organization_id: str, alias: Alias, *, tier: str, environment_id: str, before_id: str, limit: int
    ) -> list[Deployment]:
        """See CatalogStore."""
        parameters = {
            "organization_id": organization_id,
            "scope": rows.storable(alias.scope),
            "key": rows.storable(alias.key),
            "tier": tier,
            "environment_id": rows.storable(bare_uuid(environment_id)),
            "before_id": rows.storable(before_id) or _AFTER_ALL_IDS,
            "limit": limit,
        }
        text = await self._read_long(
            lambda connection: connection.execute(self._sql["list_deployments_by_alias_before"], parameters).fetchone()[0]
        )
        return rows.decode_deployments(text or "[]")

    async def count_successes_by_week(self, organization_id: str, alias: Alias, *, tier: Tier, since: datetime) -> dict[int, int]:
        """See CatalogStore."""
        parameters = {
            "organization_id": organization_id,
            "scope": rows.storable(alias.scope),
            "key": rows.storable(alias.key),
            "tier": tier,
            # Ids are as old as what they name, so the seek begins near the first week.
            "since_id": new_id(since - _RECORDED_EARLY, bytes(8)),
            "since_us": to_microseconds(since),
        }
        return dict(
            await self._read_long(
                lambda connection: connection.execute(self._sql["count_successes_by_week"], parameters).fetchall()
            )
        )
