"""What becomes of a receipt that somebody sent: it is made durable, or refused; its sender hears either."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from shipledger.incidents.model import Recording
from shipledger.ledger.receipt import Receipt
from shipledger.store.pending_contract import Concern, ConcernsById

LARGE_BODY_CHARACTERS = 16 * 1024
"""A larger receipt is the first that is left in the store when memory for the settlement queue is full."""


class IntakeObserver(Protocol):
    """Who wants to know how intake fares."""

    def observe_accepted(self, protocol: str) -> None:
        """One more receipt of ``protocol`` is durable."""

    def observe_commit(self, batch_size: int, seconds: float) -> None:
        """A batch of receipts was committed."""


class Settler(Protocol):
    """Who settles what intake has made durable."""

    def has_room(self, count: int, characters: int) -> bool:
        """Whether ``count`` more receipts with bodies of so many ``characters`` can be held in memory."""

    def offer(self, receipt: Receipt, submissions: Sequence[Recording], concerns: tuple[Concern, ...]) -> None:
        """Take a durable receipt that is claimed by this node, with what it asks for and what it concerns."""

    def look_in_store(self) -> None:
        """Free receipts wait in the store."""


class Arrival(NamedTuple):
    """A receipt whose sender waits for ``done``."""

    receipt: Receipt
    submissions: Sequence[Recording]
    concerns: tuple[Concern, ...]
    done: asyncio.Future[None]


class Group(NamedTuple):
    """Arrivals that are made durable together, claimed by this node or free for any."""

    arrivals: Sequence[Arrival]
    claimed_by: str | None

    @property
    def receipts(self) -> list[Receipt]:
        """What is made durable."""
        return [one.receipt for one in self.arrivals]

    @property
    def concerns(self) -> ConcernsById:
        """What they concern."""
        return {one.receipt.receipt_id: one.concerns for one in self.arrivals}

    def by_organization(self) -> dict[str, Group]:
        """A group for each organization."""
        arrivals: dict[str, list[Arrival]] = {}
        for one in self.arrivals:
            arrivals.setdefault(one.receipt.organization_id, []).append(one)
        return {organization_id: Group(own, self.claimed_by) for organization_id, own in arrivals.items()}


class Acceptance:
    """Knows who waits, and tells them. ``count`` and ``characters`` are of all that neither is durable nor was refused."""

    def __init__(self, *, settler: Settler, observer: IntakeObserver, node_id: str) -> None:
        self._settler = settler
        self._observer = observer
        self._node_id = node_id
        self.count = 0
        self.characters = 0

    def admit(self, receipt: Receipt, submissions: Sequence[Recording], concerns: tuple[Concern, ...]) -> Arrival:
        """An arrival, which is counted from now on. ``concerns`` is what it concerns."""
        self.count += 1
        self.characters += len(receipt.body)
        return Arrival(receipt, submissions, concerns, asyncio.get_running_loop().create_future())

    def part(self, arrivals: Sequence[Arrival]) -> list[Group]:
        """Those to keep in memory until they are settled, and those to leave in the store: large ones, where there is no room."""
        characters = sum(len(one.receipt.body) for one in arrivals)
        if self._settler.has_room(len(arrivals), characters):
            return [Group(arrivals, self._node_id)]
        small = [one for one in arrivals if len(one.receipt.body) <= LARGE_BODY_CHARACTERS]
        if len(small) == len(arrivals) or not self._settler.has_room(len(small), sum(len(one.receipt.body) for one in small)):
            return [Group(arrivals, None)]
        large = [one for one in arrivals if len(one.receipt.body) > LARGE_BODY_CHARACTERS]
        return [Group(part, owner) for part, owner in ((small, self._node_id), (large, None)) if part]

    def confirm(self, group: Group) -> None:
        """They are durable. Their senders hear so first: nothing that fails here may keep it from them."""
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
        """They are not durable, or nobody knows."""
        for one in group.arrivals:
            self._end(one)
            if not one.done.done():
                one.done.set_exception(error)

    def _end(self, one: Arrival) -> None:
        self.count -= 1
        self.characters -= len(one.receipt.body)
