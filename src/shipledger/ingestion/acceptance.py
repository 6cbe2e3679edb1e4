"""Arrivals: receipts that are stored or refused, and whose senders wait for either."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from shipledger.aggregates import Recording
from shipledger.ledger.receipt import Receipt
from shipledger.store.receipts.pending_contract import Concern, ConcernsById, TranslationsById

LARGE_BODY_CHARACTERS = 16 * 1024
"""When the settlement queue is full, receipts larger than this are left in the store first."""


class IntakeObserver(Protocol):
    """Observer of intake."""

    def observe_accepted(self, protocol: str) -> None:
        """A receipt of ``protocol`` was stored."""

    def observe_commit(self, batch_size: int, seconds: float) -> None:
        """A batch of receipts was committed."""


class Settler(Protocol):
    """The consumer of stored receipts."""

    def has_room(self, count: int, characters: int) -> bool:
        """Whether memory allows ``count`` more receipts with ``characters`` of bodies."""

    def offer(self, receipt: Receipt, submissions: Sequence[Recording], concerns: tuple[Concern, ...]) -> None:
        """Accept a stored receipt claimed by this node, with its request and its concerns."""

    def look_in_store(self) -> None:
        """Unclaimed receipts are waiting in the store."""


class Arrival(NamedTuple):
    """A receipt whose sender waits for ``done``, and what it was understood to ask for, also as JSON."""

    receipt: Receipt
    submissions: Sequence[Recording]
    concerns: tuple[Concern, ...]
    translation: str
    done: asyncio.Future[None]

    @property
    def characters(self) -> int:
        """How much is written of it."""
        return len(self.receipt.body) + len(self.translation)


class Group(NamedTuple):
    """Arrivals stored together, claimed by this node or left free."""

    arrivals: Sequence[Arrival]
    claimed_by: str | None

    @property
    def receipts(self) -> list[Receipt]:
        """The receipts to store."""
        return [one.receipt for one in self.arrivals]

    @property
    def concerns(self) -> ConcernsById:
        """Their concerns."""
        return {one.receipt.receipt_id: one.concerns for one in self.arrivals}

    @property
    def translations(self) -> TranslationsById:
        """What they ask for."""
        return {one.receipt.receipt_id: one.translation for one in self.arrivals if one.translation}

    def by_organization(self) -> dict[str, Group]:
        """A group for each organization."""
        arrivals: dict[str, list[Arrival]] = {}
        for one in self.arrivals:
            arrivals.setdefault(one.receipt.organization_id, []).append(one)
        return {organization_id: Group(own, self.claimed_by) for organization_id, own in arrivals.items()}


class Acceptance:
    """Tracks waiting senders and notifies them. ``count`` and ``characters`` cover arrivals neither stored nor refused."""

    def __init__(self, *, settler: Settler, observer: IntakeObserver, node_id: str) -> None:
        self._settler = settler
        self._observer = observer
        self._node_id = node_id
        self.count = 0
        self.characters = 0

    def admit(
        self, receipt: Receipt, submissions: Sequence[Recording], concerns: tuple[Concern, ...], translation: str
    ) -> Arrival:
        """A new arrival, counted from now on."""
        arrival = Arrival(receipt, submissions, concerns, translation, asyncio.get_running_loop().create_future())
        self.count += 1
        self.characters += arrival.characters
        return arrival

    def part(self, arrivals: Sequence[Arrival]) -> list[Group]:
        """Split arrivals: keep them in memory for settlement, or leave large ones in the store if memory is full."""
        characters = sum(len(one.receipt.body) for one in arrivals)
        if self._settler.has_room(len(arrivals), characters):
            return [Group(arrivals, self._node_id)]
        small = [one for one in arrivals if len(one.receipt.body) <= LARGE_BODY_CHARACTERS]
        if len(small) == len(arrivals) or not self._settler.has_room(len(small), sum(len(one.receipt.body) for one in small)):
            return [Group(arrivals, None)]
        large = [one for one in arrivals if len(one.receipt.body) > LARGE_BODY_CHARACTERS]
        return [Group(part, owner) for part, owner in ((small, self._node_id), (large, None)) if part]

    def confirm(self, group: Group) -> None:
        """The arrivals are stored. Senders are notified first, so that no failure here can prevent it."""
        for one in group.arrivals:
            self._end(one)
            if not one.done.done():
                one.done.set_result(None)
        for one in group.arrivals:
            self._observer.observe_accepted(one.receipt.protocol)
            if group.claimed_by is not None:
                self._settler.offer(one.receipt, one.submissions, one.concerns)
        if group.claimed_by is None:
            self._settler.look_in_store()

    def refuse(self, group: Group, error: Exception) -> None:
        """The arrivals are not stored, or their state is unknown."""
        for one in group.arrivals:
            self._end(one)
            if not one.done.done():
                one.done.set_exception(error)

    def _end(self, one: Arrival) -> None:
        self.count -= 1
        self.characters -= one.characters
