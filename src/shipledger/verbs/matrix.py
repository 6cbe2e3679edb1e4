"""What runs where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from shipledger.ledger.lanes import Lane, LaneHead, Running
from shipledger.verbs.behind import Behind
from shipledger.verbs.comparing import CompareWish, Comparison


class MatrixVerbs(Protocol):
    """What runs where, now or at a moment."""

    async def list_running(self, organization_id: str, service_ids: Sequence[str], *, at: datetime | None) -> list[Running]:
        """What ran of some services at a moment, by service and environment; None is now. Lanes where nothing ran have none."""

    async def list_standings(self, organization_id: str, service_ids: Sequence[str], *, at: datetime | None) -> list[LaneHead]:
        """What stands at the head of each lane of some services at a moment, by service and environment; None is now."""

    async def find_behind(
        self, organization_id: str, cells: Sequence[LaneHead], repositories: Mapping[str, frozenset[str]]
    ) -> dict[tuple[str, str], Behind]:
        """How far each environment of a service is behind the one before it, by service and environment, where there is one.

        ``cells``: all of these services. ``repositories``: the keys of those of services, by the ids of these.
        """

    async def compare(self, organization_id: str, wish: CompareWish) -> Comparison:
        """Two environments, or two moments of one. Raises NotFound for a service that nobody knows."""

    async def list_lanes(self, organization_id: str, service_id: str) -> list[Lane]:
        """The lanes of a service, by the name of the environment."""
