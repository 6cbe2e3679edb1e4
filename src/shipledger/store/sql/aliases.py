"""Deployments by the names that several of them may have, such as an issue."""

from __future__ import annotations

from datetime import datetime, timedelta

from shipledger.clock import to_microseconds
from shipledger.deployments.lookups import AFTER_ALL_IDS
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.identity import new_id
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Alias
from shipledger.store import rows
from shipledger.store.row_reading import read_each
from shipledger.store.session import Session
from shipledger.store.sql.bounds import keys_of_project

_RECORDED_EARLY = timedelta(weeks=4)
"""So much earlier than it succeeds may a deployment have been recorded, and still be counted."""


class SqlAliases(Session):
    """What else a name of a deployment names."""

    async def list_deployments_by_alias(self, organization_id: str, alias: Alias, *, limit: int) -> list[Deployment]:
        """See ReadStore."""
        scope, key = rows.from_alias(alias)
        text = await self._fetch("list_deployments_by_alias", organization_id=organization_id, scope=scope, key=key, limit=limit)
        return rows.decode_deployments(text)

    async def list_deployments_before(
        self, organization_id: str, alias: Alias, *, tier: str, environment_id: str, before_id: str, limit: int
    ) -> list[Deployment]:
        """See CatalogStore."""
        scope, key = rows.from_alias(alias)
        text = await self._fetch_long(
            "list_deployments_by_alias_before",
            organization_id=organization_id,
            scope=scope,
            key=key,
            tier=tier,
            environment_id=rows.to_environment_key(environment_id),
            before_id=rows.storable(before_id) or AFTER_ALL_IDS,
            limit=limit,
        )
        return rows.decode_deployments(text)

    async def list_deployments_by_issue(
        self, organization_id: str, *, project: str, after: str, limit: int
    ) -> list[tuple[str, Deployment]]:
        """See CatalogStore."""
        first_key, end_key = keys_of_project(project) if project else ("", AFTER_ALL_IDS)
        found = await self._fetch_long(
            "list_deployments_by_issue",
            organization_id=organization_id,
            first_key=rows.storable(first_key),
            end_key=rows.storable(end_key),
            after=rows.storable(after),
            limit=limit,
        )
        return read_each(lambda row: (row[0], rows.decode_deployment(row[1])), found)

    async def count_successes_by_week(self, organization_id: str, alias: Alias, *, tier: Tier, since: datetime) -> dict[int, int]:
        """See CatalogStore."""
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
