"""Repositories that were seen a moment ago, so that not every deployment asks for their former names."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

REMEMBERED_SECONDS = 1.0
REMEMBERED_NAMES = 10_000


class KnownRepositories:
    """Repositories whose former names an organization has kept, each remembered for a second."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._seen: dict[tuple[str, str], float] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    def has(self, organization_id: str, name: str) -> bool:
        """Whether it was seen within the last second."""
        until = self._seen.get((organization_id, name))
        return until is not None and self._monotonic() < until

    def turn_of(self, organization_id: str) -> asyncio.Lock:
        """Held by who asks for those of an organization that are not known."""
        if organization_id not in self._turns and len(self._turns) >= REMEMBERED_NAMES:
            self._turns.clear()
        return self._turns.setdefault(organization_id, asyncio.Lock())

    def see(self, organization_id: str, name: str) -> None:
        """Its former name is kept."""
        if len(self._seen) >= REMEMBERED_NAMES:
            self._seen.clear()
        self._seen[organization_id, name] = self._monotonic() + REMEMBERED_SECONDS
