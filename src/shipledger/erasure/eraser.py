"""Erase what was sent: in short transactions, beside a running server, and again from the start when interrupted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from shipledger.access.application_key import application_key_id
from shipledger.erasure.history import plan_erasure
from shipledger.errors import Conflict
from shipledger.store.contract import Store
from shipledger.store.erasure_contract import FoundSubjects, Place, Selection, Subject

GRACE_SECONDS = 3.0
"""How long a revoked credential may go on sending: a server remembers it for two seconds."""

_ENTRIES_A_PAGE = 2_000
_RECEIPTS_A_PAGE = 2_000
_RECEIPTS_A_BATCH = 100
_MOST_TRIES = 20

Advance = Callable[[int, int], None]
"""Told how much of how much is done."""


class TellsTime(Protocol):
    """A clock."""

    def now(self) -> datetime:
        """The current time."""


class ErasureCounts(Struct, frozen=True):
    """How much there is to erase, or was erased."""

    deployments: int = 0
    deployment_entries: int = 0
    incidents: int = 0
    incident_entries: int = 0
    receipts: int = 0

    @property
    def total(self) -> int:
        """Whether there is anything at all, as a number."""
        return self.deployment_entries + self.incident_entries + self.receipts


class Eraser:
    """Erases, and keeps what is left provable: ``verify`` and ``rebuild`` hold at every moment."""

    def __init__(self, store: Store, clock: TellsTime, *, grace_seconds: float = GRACE_SECONDS) -> None:
        self._store = store
        self._clock = clock
        self._grace_seconds = grace_seconds

    async def count(self, selection: Selection, *, advance: Advance | None = None) -> ErasureCounts:
        """What erasing ``selection`` would erase."""
        walk = _Walk(self._store, selection, advance, await self._store.count_to_walk(selection.organization_id))
        counts: Counter[str] = Counter()
        async for receipt_ids in walk.receipts():
            counts["receipts"] += len(receipt_ids)
        for subject in Subject:
            subjects: set[str] = set()
            async for found in walk.subjects(subject):
                subjects.update(found.entries)
                counts[f"{subject}_entries"] += sum(found.entries.values())
            counts[f"{subject}s"] += len(subjects)
        return ErasureCounts(**counts)

    async def erase_credential(
        self,
        organization_id: str,
        credential_id: str,
        *,
        reason: str = "credential deleted",
        advance: Advance | None = None,
    ) -> ErasureCounts:
        """Erase everything that a credential sent, then the credential itself; what was erased.

        It is revoked first. Call again after an interruption: what is erased stays so, and the rest is found again.
        """
        await self._revoke(organization_id, credential_id)
        erased = ErasureCounts()
        for one in (credential_id, application_key_id(credential_id)):
            if one != credential_id and await self._store.find_credential(organization_id, one) is None:
                continue
            selection = Selection(organization_id=organization_id, credential_id=one)
            counts = await self.erase(selection, reason=reason, advance=advance)
            erased = counts if one == credential_id else erased
            await self._store.delete_credential(organization_id, one, reason=reason, now=self._clock.now())
        await self._store.scrub()
        return erased

    async def erase(self, selection: Selection, *, reason: str, advance: Advance | None = None) -> ErasureCounts:
        """Erase what ``selection`` names; what was erased."""
        walk = _Walk(self._store, selection, advance, await self._store.count_to_walk(selection.organization_id))
        counts: Counter[str] = Counter()
        async for receipt_ids in walk.receipts():
            for start in range(0, len(receipt_ids), _RECEIPTS_A_BATCH):
                batch = receipt_ids[start : start + _RECEIPTS_A_BATCH]
                await self._store.erase_receipts(selection.organization_id, batch, reason=reason, now=self._clock.now())
            counts["receipts"] += len(receipt_ids)
        for subject in Subject:
            subjects: set[str] = set()
            async for found in walk.subjects(subject):
                for subject_id in found.entries:
                    counts[f"{subject}_entries"] += await self._erase_history(selection, subject, subject_id, reason)
                subjects.update(found.entries)
            counts[f"{subject}s"] += len(subjects)
        return ErasureCounts(**counts)

    async def _erase_history(self, selection: Selection, subject: Subject, subject_id: str, reason: str) -> int:
        for attempt in range(_MOST_TRIES):
            history = await self._store.read_history(subject, selection.organization_id, subject_id)
            credential_id = selection.credential_id
            plan = plan_erasure(subject, history, credential_id=credential_id, reason=reason, now=self._clock.now())
            if plan is None:
                return 0
            try:
                await self._store.erase_history(plan)
            except Conflict:
                if attempt == _MOST_TRIES - 1:
                    raise
                continue
            return len(plan.erased)
        return 0

    async def _revoke(self, organization_id: str, credential_id: str) -> None:
        now = self._clock.now()
        was_live = await self._store.revoke_credential(organization_id, credential_id, now=now)
        await self._store.revoke_credential(organization_id, application_key_id(credential_id), now=now)
        if was_live:
            await asyncio.sleep(self._grace_seconds)


class _Walk:
    """Goes through receipts and entries, page by page, and tells how far it is."""

    def __init__(self, store: Store, selection: Selection, advance: Advance | None, total: int) -> None:
        self._store = store
        self._selection = selection
        self._advance = advance
        self._total = total
        self._seen = 0

    async def receipts(self) -> AsyncIterator[tuple[str, ...]]:
        """The ids of the receipts to erase. Those of deployments with a property are found with their entries."""
        after: str | None = ""
        while after is not None and not self._selection.property_name:
            found = await self._store.find_receipts_to_erase(self._selection, after, limit=_RECEIPTS_A_PAGE)
            yield found.receipt_ids
            self._tell(found.seen)
            after = found.after

    async def subjects(self, subject: Subject) -> AsyncIterator[FoundSubjects]:
        """The deployments or incidents that have entries to erase."""
        after: Place | None = Place()
        while after is not None:
            found = await self._store.find_subjects_to_erase(self._selection, subject, after, limit=_ENTRIES_A_PAGE)
            yield found
            self._tell(found.seen)
            after = found.after

    def _tell(self, seen: int) -> None:
        self._seen += seen
        if self._advance is not None:
            self._advance(self._seen, max(self._total, self._seen))
