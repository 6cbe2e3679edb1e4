"""Who waits to be settled, by the names in receipts; part of ``store.contract.Store``.

A receipt keeps from its acceptance to its settlement which names it concerns. So a node can tell which receipts must be
settled before one of its own, wherever they wait.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias

from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import Alias


class Concern(NamedTuple):
    """A name in a receipt: as a number that stands for it in its organization, and as the alias that it is.

    ``may_record``: the receipt may record something of this name, and not only change or remove what the name names.
    """

    name: int
    may_record: bool
    alias: Alias


ConcernsById: TypeAlias = Mapping[str, Sequence[Concern]]
"""What receipts concern, by their ids."""


class PendingConcern(NamedTuple):
    """A name that a pending receipt concerns."""

    name: int
    may_record: bool
    receipt_id: str


class PendingStore(Protocol):
    """Questions about pending receipts.

    What is pending only ever becomes less, but for receipts whose senders have not heard of their acceptance yet, and for
    those that somebody replays. So who asks first what is pending, and then loads, has seen the outcome of all that was
    acknowledged before.
    """

    async def find_pending(self, names: Collection[tuple[str, int]], *, besides: Collection[str]) -> list[PendingConcern]:
        """The pending receipts that concern ``names`` (organization, number), without those whose ids are in ``besides``."""

    async def find_oldest_pending_record(self, organization_id: str) -> str | None:
        """The oldest pending receipt that may record something, or of which nobody noted what it may; None: there is none."""

    async def find_oldest_unnoted(self, organization_id: str) -> str | None:
        """The oldest pending receipt of which nobody noted the names: an older version accepted it; None: there is none."""

    async def note_names(self, receipts: Sequence[Receipt], concerns: ConcernsById) -> None:
        """Note what pending receipts concern of which nobody has noted it."""

    async def forget_settled_names(self) -> int:
        """Forget the names of receipts that are not pending any more: an older version leaves them; how many."""
