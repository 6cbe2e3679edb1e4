"""Deployments as stretches of time, in the lanes that they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from shipledger.ledger.state import State, Tier


class StretchFilter(Struct, frozen=True):
    """Which deployments are wanted: those that are under way between two moments, both inclusive.

    ``lane_keys``: None does not restrict. ``environment_keys``: as names compare, or ``environment_id``; none do not restrict.
    ``limit``: of those that start within the time, and of those that started before it. ``ahead``: so many of those that start
    later still, whose clocks are wrong or who are planned.
    """

    since: datetime
    until: datetime
    lane_keys: Sequence[str] | None = None
    environment_keys: Sequence[str] = ()
    environment_id: str = ""
    tier: Tier | None = None
    limit: int = 5_000
    ahead: int = 0


class Stretch(Struct, frozen=True):
    """A deployment from its start to its first success or its end; ``ended_at`` is None while it is under way or if unknown.

    ``commit``: the first that it brought, or "". ``lane_keys``: what its services are called, and its repositories.
    """

    deployment_id: str
    state: State
    tier: Tier
    environment: str
    environment_key: str
    started_at: datetime
    ended_at: datetime | None
    commit: str
    lane_keys: tuple[str, ...]


class StretchStore(Protocol):
    """Looks for them."""

    async def list_stretches(self, organization_id: str, wanted: StretchFilter) -> tuple[list[Stretch], bool]:
        """The wanted ones by start, those that started last where not all fit; and whether some were left out."""

    async def list_services_of_lanes(self, organization_id: str, service_ids: Sequence[str] | None) -> dict[str, list[str]]:
        """The keys of the lanes of services, of all for None, each with those that it belongs to."""
