"""Seal entries in batches, behind those who write: sealing takes no lock that they need."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import structlog

from shipledger.catalog.organization import Organization
from shipledger.errors import Conflict
from shipledger.found import whole
from shipledger.ledger.chain import EntrySeal, SealedEntry, make_seal
from shipledger.store.contract import Store
from shipledger.store.rounds import Rounds

ENTRIES_A_SEAL = 1_000
PAUSE_SECONDS = 60.0
"""Between two looks. What one look has seen, the next one seals: a settlement that was under way then has ended."""

log = structlog.get_logger(__name__)


class TellsTime(Protocol):
    """A clock."""

    def now(self) -> datetime:
        """The current time."""


class Sealer:
    """Seals the entries of all organizations. When two do it at once, one of them gives way."""

    def __init__(self, store: Store, clock: TellsTime) -> None:
        self._store = store
        self._rounds = Rounds(store.list_organizations)
        self._clock = clock
        self._seen: dict[str, dict[str, int]] = {}

    async def run(self) -> None:
        """Seal what was there at the last look. Raises Unavailable."""
        await self._rounds.run(self._run)

    async def _run(self, organization: Organization) -> None:
        organization_id = organization.organization_id
        ready = self._seen.get(organization_id)
        self._seen[organization_id] = await self.find_heads(organization_id)
        sealed = 0 if ready is None else await self.seal(organization_id, until=ready)
        if sealed:
            log.info("Sealed entries.", organization=organization.slug, entries=sealed)

    async def find_heads(self, organization_id: str) -> dict[str, int]:
        """The newest position of each kind of entry."""
        return {kind: await self._store.find_last_position(organization_id, kind) for kind in self._store.aggregates.kinds}

    async def seal(self, organization_id: str, *, until: dict[str, int]) -> int:
        """Seal all entries up to these positions; how many."""
        sealed = 0
        last = await self._store.find_last_seal(organization_id)
        while True:
            seal = await self._next_seal(organization_id, last, until)
            if seal is None:
                return sealed
            try:
                await self._store.append_seal(seal)
            except Conflict:
                return sealed
            sealed += len(seal.entries)
            last = seal

    async def _next_seal(self, organization_id: str, last: EntrySeal | None, until: dict[str, int]) -> EntrySeal | None:
        covered = dict.fromkeys(self._store.aggregates.kinds, 0) | (last.covered if last else {})
        entries: list[SealedEntry] = []
        for kind in self._store.aggregates.kinds:
            room = ENTRIES_A_SEAL - len(entries)
            if not room or covered[kind] >= until[kind]:
                continue
            found = whole(  # or the seal would say that a damaged entry was never there
                await self._store.list_placed_entries(organization_id, kind, after=covered[kind], until=until[kind], limit=room)
            )
            entries += [one.entry for one in found]
            covered[kind] = found[-1].entry.position if len(found) == room else until[kind]
        if not entries:
            return None
        return make_seal(organization_id, last, entries, covered, self._clock.now())
