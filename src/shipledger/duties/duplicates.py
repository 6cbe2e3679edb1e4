"""Find records of several senders that seem to tell of one deployment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from msgspec import Struct

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.likeness import SHORTEST_COMMIT, Pair, find_likeness, group_up, pair_up
from shipledger.long_work import run_beside
from shipledger.store.contract import Store

PAGE = 200


Place: TypeAlias = tuple[datetime, str]
"""When something was recorded of a deployment, and its id."""


class Found(Struct, frozen=True):
    """The pairs of some time, of ``looked_at`` records, up to ``reached``. ``is_complete``: all until now were looked at."""

    pairs: Sequence[Pair]
    looked_at: int
    is_complete: bool
    reached: Place


class Duplicates:
    """Looks for them among what was recorded since a moment."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find_alike(self, deployment: Deployment, within: timedelta) -> list[Deployment]:
        """The records that seem to tell of the same deployment. Raises Unavailable."""
        names = (await self._store.find_tier_policy(deployment.organization_id)).names
        found = await self._read_companions(deployment.organization_id, [deployment])
        return [one for one in found if find_likeness(one, deployment, within, names) is not None]

    async def list_pairs(self, organization_id: str, *, after: Place, within: timedelta, limit: int) -> Found:
        """The pairs of those of which something was recorded after a place, of the first ``limit`` records or a page more."""
        names = (await self._store.find_tier_policy(organization_id)).names
        pairs: dict[str, Pair] = {}
        seen: set[str] = set()
        reached = after
        while len(seen) < limit:
            page = await self._store.list_recorded_after(organization_id, reached, limit=PAGE)
            fresh = list(dict.fromkeys(one for _, one in page if one not in seen))
            seen.update(fresh)
            for pair in await self._pair(organization_id, fresh, within, names):
                pairs.setdefault(pair.record.deployment_id, pair)
            reached = page[-1] if page else reached
            if len(page) < PAGE:
                return Found(list(pairs.values()), len(seen), is_complete=True, reached=reached)
        return Found(list(pairs.values()), len(seen), is_complete=False, reached=reached)

    async def _pair(self, organization_id: str, ids: Sequence[str], within: timedelta, names: EnvironmentNames) -> list[Pair]:
        listed = [one for one in await self._store.read_deployments(organization_id, ids) if one.is_listed and one.releases]
        records = [*listed, *(await self._read_companions(organization_id, listed))]
        return await run_beside(lambda: list(pair_up(group_up(records, names), within, names)), size=len(records) ** 2)

    async def _read_companions(self, organization_id: str, deployments: Sequence[Deployment]) -> list[Deployment]:
        """The other records with a commit that one of them may have."""
        written = (release.commit.lower() for one in deployments for release in one.releases)
        starts = sorted({commit[:SHORTEST_COMMIT] for commit in written if len(commit) >= SHORTEST_COMMIT})
        ids = await self._store.list_ids_of_commits_that_begin(organization_id, starts) if starts else []
        known = {one.deployment_id for one in deployments}
        others = [one for one in ids if one not in known]
        return [*await self._store.read_deployments(organization_id, others)] if others else []
