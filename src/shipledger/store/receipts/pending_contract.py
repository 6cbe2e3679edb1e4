"""Pending receipts by the names in them; part of ``store.contract.Store``.

The names that a receipt concerns are stored from acceptance to settlement. So a node can tell which receipts must be
settled before one of its own, on whatever node they wait.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias

from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import Alias


class Concern(NamedTuple):
    """A name in a receipt: its number within the organization, its alias, and the kind of record that it names.

    ``may_record``: the receipt may record something under this name, not only change or remove it.
    """

    name: int
    may_record: bool
    alias: Alias
    kind: str = "deployment"


ConcernsById: TypeAlias = Mapping[str, Sequence[Concern]]
"""What receipts concern, by their ids."""


TranslationsById: TypeAlias = Mapping[str, str]
"""What receipts ask for, in JSON, by their ids; what is not known is left out."""


class PendingConcern(NamedTuple):
    """A name that a pending receipt concerns."""

    name: int
    may_record: bool
    receipt_id: str


class PendingStore(Protocol):
    """Queries on pending receipts.

    The set of pending receipts only shrinks, except for receipts not yet acknowledged and for
    replayed ones. So reading pending receipts first, and then loading, sees the outcome of everything
    acknowledged before.
    """

    async def find_pending(self, names: Collection[tuple[str, int]], *, besides: Collection[str]) -> list[PendingConcern]:
        """The pending receipts that concern ``names`` (organization, number), without those whose ids are in ``besides``."""

    async def find_oldest_pending_record(self, organization_id: str) -> str | None:
        """The oldest pending receipt that may record something or whose names are unknown; None if there is none."""

    async def is_record_pending(self, organization_id: str, record_id: str) -> bool:
        """Whether a receipt is pending that may record something under an id that ``derive_id`` makes."""

    async def find_oldest_unnoted(self, organization_id: str) -> str | None:
        """The oldest pending receipt without stored names, accepted by an older version; None if there is none."""

    async def note_names(self, receipts: Sequence[Receipt], concerns: ConcernsById) -> None:
        """Store the concerns of pending receipts that lack them."""

    async def forget_settled_names(self) -> int:
        """Delete names of receipts that are no longer pending, left by an older version. Returns how many."""
