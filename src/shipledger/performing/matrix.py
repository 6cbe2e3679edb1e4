"""What runs where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from shipledger.ledger.lanes import Lane, LaneHead, Running
from shipledger.performing.performer import Performer
from shipledger.verbs.behind import Behind, find_behind
from shipledger.verbs.comparing import CompareWish, Comparison, compare


class MatrixPerformer(Performer):
    """See ``verbs.matrix.MatrixVerbs``."""

    async def list_running(self, organization_id: str, service_ids: Sequence[str], *, at: datetime | None) -> list[Running]:
        """What ran of some services at a moment."""
        return await self._parts.store.list_running(organization_id, service_ids, at=at)

    async def list_lanes(self, organization_id: str, service_id: str) -> list[Lane]:
        """The lanes of a service."""
        return await self._parts.store.list_lanes(organization_id, service_id)

    async def list_standings(self, organization_id: str, service_ids: Sequence[str], *, at: datetime | None) -> list[LaneHead]:
        """What stands at the head of each lane of some services."""
        return await self._parts.store.list_standings(organization_id, service_ids, at=at)

    async def find_behind(
        self, organization_id: str, cells: Sequence[LaneHead], repositories: Mapping[str, frozenset[str]]
    ) -> dict[tuple[str, str], Behind]:
        """How far each environment of a service is behind the one before it."""
        return await find_behind(self._parts.store, organization_id, cells, repositories, self._parts.key_words)

    async def compare(self, organization_id: str, wish: CompareWish) -> Comparison:
        """Two environments, or two moments of one."""
        return await compare(self._parts.store, organization_id, wish, self._parts.key_words)
