"""Claim unclaimed receipts in the store for this node."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Container, Sequence

from shipledger.clock import Clock
from shipledger.errors import Conflict, Unavailable
from shipledger.ingestion.task import Task
from shipledger.store.contract import Store

FIRST_LIMIT = 32
CHARACTERS_AT_ONCE = 4 * 1024 * 1024
"""Target size of the bodies claimed at once. Their size is only known afterwards."""

ALL_PAUSE_SECONDS = 2.0
"""Minimum interval for asking each organization separately, and for looking for lost claims."""
DOUBT_SECONDS = 60.0
"""Delay before looking for what a claim with an unknown outcome took."""


class Claims:
    """Claims receipts, oldest first: for all organizations together while all are reachable, else for each separately.

    ``limit`` is the number to claim next: fewer while receipts are large, and at most ``most``.
    """

    def __init__(self, *, store: Store, clock: Clock, node_id: str, most: int) -> None:
        self._store = store
        self._clock = clock
        self._node_id = node_id
        self._most = most
        self.limit = min(FIRST_LIMIT, most)
        self._all_from = float("-inf")
        self._lost_from = float("-inf")
        self._doubts: dict[str, float] = {}

    async def take(self, *, absent: Container[str] | None, note_absent: Callable[[str], None]) -> list[Task]:
        """Unclaimed receipts of all organizations except those ``absent``; None if none are left. Raises Unavailable.

        ``note_absent`` receives each unreachable organization, while another one is reachable.
        """
        if absent is None:
            try:
                return await self._take_of(None)
            except Unavailable:
                absent = ()
        organization_ids = [one.organization_id for one in await self._store.list_organizations()]
        present = [one for one in organization_ids if one not in absent]
        try:
            return await self._take_of(present)
        except Unavailable:
            return await self._take_of_each(present, note_absent)

    async def take_of(self, organization_id: str) -> list[Task]:
        """Unclaimed receipts of one organization. Raises Unavailable."""
        try:
            return await self._take_of([organization_id])
        except Unavailable:
            self._doubts[organization_id] = time.monotonic() + DOUBT_SECONDS
            raise

    async def list_free(self) -> dict[str, int]:
        """How many of the next receipts each organization has; 0 for all if one is unreachable. Raises Unavailable."""
        try:
            return await self._store.count_free_receipts(limit=self.limit)
        except Unavailable:
            if time.monotonic() < self._all_from:
                return {}
            self._all_from = time.monotonic() + ALL_PAUSE_SECONDS
            return {one.organization_id: 0 for one in await self._store.list_organizations()}

    async def release_lost(self, list_held: Callable[[str], Sequence[str]]) -> None:
        """Free the receipts of a claim without an answer: this node is alive, so no other would.

        An abandoned claim may still take effect much later, once the database resumes.
        """
        if time.monotonic() < self._lost_from:
            return
        self._lost_from = time.monotonic() + ALL_PAUSE_SECONDS
        for organization_id, until in tuple(self._doubts.items()):
            now = time.monotonic()
            try:
                await self._store.release_lost_claims(organization_id, node_id=self._node_id, held=list_held(organization_id))
            except Unavailable:
                self._doubts[organization_id] = now + DOUBT_SECONDS
            else:
                if now > until:
                    self._doubts.pop(organization_id, None)

    async def _take_of_each(self, organization_ids: Sequence[str], note_absent: Callable[[str], None]) -> list[Task]:
        taken: list[Task] = []
        failures: dict[str, Unavailable] = {}
        for organization_id in organization_ids:
            try:
                taken += await self.take_of(organization_id)
            except Unavailable as error:
                failures[organization_id] = error
        if len(failures) == len(organization_ids):
            raise next(iter(failures.values()))
        for organization_id in failures:
            note_absent(organization_id)
        return taken

    async def _take_of(self, organization_ids: Sequence[str] | None) -> list[Task]:
        if organization_ids is not None and not organization_ids:
            return []
        claimed = await self._store.claim_receipts(node_id=self._node_id, limit=self.limit, organization_ids=organization_ids)
        for damaged in claimed.damaged:
            with contextlib.suppress(Conflict):
                await self._store.quarantine_damaged(damaged, now=self._clock.now())
        if claimed:
            characters = sum(len(one.receipt.body) + len(one.translation) for one in claimed)
            self.limit = max(1, min(self._most, CHARACTERS_AT_ONCE * len(claimed) // max(characters, 1)))
        return [
            Task(
                receipt=one.receipt,
                attempts=one.attempts,
                may_be_awaited_elsewhere=True,
                are_names_noted=one.are_names_noted,
                translation=one.translation,
            )
            for one in claimed
        ]
