"""Free receipts in the store, claimed for this node."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Container, Sequence

from shipledger.clock import Clock
from shipledger.errors import Conflict, Unavailable
from shipledger.ingestion.task import Task
from shipledger.store.contract import Store

FIRST_LIMIT = 32
CHARACTERS_AT_ONCE = 4 * 1024 * 1024
"""How long the bodies that are claimed at once should be together; how long they are is known when they are there."""


class Claims:
    """Claims receipts, oldest first: of all organizations together, as long as all can be reached.

    ``limit`` is how many are claimed next: fewer while they are large, and never more than ``most``.
    """

    def __init__(self, *, store: Store, clock: Clock, node_id: str, most: int) -> None:
        self._store = store
        self._clock = clock
        self._node_id = node_id
        self._most = most
        self.limit = min(FIRST_LIMIT, most)

    async def take(self, *, absent: Container[str] | None, note_absent: Callable[[str], None]) -> list[Task]:
        """What is free of all organizations but those ``absent``, None when there is none of these. Raises Unavailable.

        ``note_absent`` is told of each organization that turns out to be out of reach, while another one can be reached.
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
        """What is free of one organization. Raises Unavailable."""
        return await self._take_of([organization_id])

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
            characters = sum(len(one.receipt.body) for one in claimed)
            self.limit = max(1, min(self._most, CHARACTERS_AT_ONCE * len(claimed) // max(characters, 1)))
        return [
            Task(
                receipt=one.receipt,
                attempts=one.attempts,
                may_be_awaited_elsewhere=True,
                are_names_noted=one.are_names_noted,
            )
            for one in claimed
        ]
