"""Receipts and their settlement."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from shipledger.ledger.identity import moment_of, order_of
from shipledger.ledger.verdict import Verdict

OWN_PROTOCOL = "shipledger"
"""Protocol of receipts that no vendor's client sent: the ledger writes them itself, or somebody asks it by our own words."""


class ReceiptState(StrEnum):
    """Pending: stored, not settled. Settled: every item has a verdict. Quarantined: an internal error prevented settlement."""

    PENDING = "pending"
    SETTLED = "settled"
    QUARANTINED = "quarantined"


RECEIPT_TRANSITIONS: dict[ReceiptState, frozenset[ReceiptState]] = {
    ReceiptState.PENDING: frozenset({ReceiptState.SETTLED, ReceiptState.QUARANTINED}),
    ReceiptState.QUARANTINED: frozenset({ReceiptState.PENDING}),
    ReceiptState.SETTLED: frozenset(),
}
"""The possible next states of each state. A settled receipt never changes."""


class Receipt(Struct, frozen=True):
    """A request as it arrived. It serves as inbox, audit trail and request status.

    ``operation`` and ``parameters`` (from path and query, decoded) and ``body`` (text, as sent) are all that
    interpretation may read. ``accepted_at`` is the clock's time, for display and defaults; it may go back.
    Receipts are ordered by ``order_us``, which is part of their ids and unique within the accepting node.
    """

    organization_id: str
    receipt_id: str
    credential_id: str
    protocol: str
    operation: str
    parameters: dict[str, str]
    body: str
    accepted_at: datetime

    @property
    def order_us(self) -> int:
        """Its place in the order of acceptance, in microseconds: usually the time it was accepted."""
        return order_of(self.receipt_id)

    @property
    def ordered_at(self) -> datetime:
        """The same as a time, to be compared with ``Clock.order_now``."""
        return moment_of(self.receipt_id)


class Settlement(Struct, frozen=True):
    """The outcome of a receipt. ``verdicts`` has one element per item once ``state`` is settled."""

    receipt_id: str
    protocol: str
    operation: str
    state: ReceiptState
    accepted_at: datetime
    settled_at: datetime | None = None
    verdicts: tuple[Verdict, ...] = ()
    failure: str | None = None
    credential_id: str = ""
