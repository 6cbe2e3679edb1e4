"""Deployments by the names that several of them may have, such as an issue."""

from __future__ import annotations

from datetime import datetime, timedelta

from shipledger.clock import to_microseconds
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.identity import new_id
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Alias
from shipledger.store import rows
from shipledger.store.session import Session

_RECORDED_EARLY = timedelta(weeks=4)
"""So much earlier than it succeeds may a deployment have been recorded, and still be counted."""


class SqlAliases(Session):
    """What else a name of a deployment names."""

    async def list_deployments_by_alias(self, organization_id: str, alias: Alias, *, limit: int) -> list[Deployment]:
        scope, key = rows.from_alias(alias)
        text = await self._fetch("list_deployments_by_alias", organization_id=organization_id, scope=scope, key=key, limit=limit)
        return rows.decode_deployments(text)

    async def count_successes_by_week(self, organization_id: str, alias: Alias, *, tier: Tier, since: datetime) -> dict[int, int]:
        scope, key = rows.from_alias(alias)
        found = await self._fetch_long(
            "count_successes_by_week",
            organization_id=organization_id,
            scope=scope,
            key=key,
            tier=tier,
            # Ids are as old as what they name, so the seek begins near the first week.
            since_id=new_id(since - _RECORDED_EARLY, bytes(8)),
            since_us=to_microseconds(since),
        )
        return dict(found)
