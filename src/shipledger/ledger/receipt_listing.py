"""Receipts and verdicts as they are listed, with what is known of them besides."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from shipledger.ledger.actor import Actor
from shipledger.ledger.receipt import Receipt, ReceiptState, Settlement
from shipledger.ledger.verdict import Verdict


class ReceiptRecord(Struct, frozen=True):
    """A receipt with its settlement and credential."""

    receipt: Receipt
    credential_name: str
    settlement: Settlement
    attempts: int


class ReceiptFilter(Struct, frozen=True):
    """Receipts to list, newest first. ``before_id`` continues after a receipt. Bounds of acceptance are inclusive."""

    state: ReceiptState | None = None
    accepted_from: datetime | None = None
    accepted_until: datetime | None = None
    before_id: str = ""
    limit: int = 50


class RecordedVerdict(Struct, frozen=True):
    """A verdict as it is kept: with the receipt and item that it judges. ``asker``: the person or part of us who asked."""

    receipt_id: str
    item: int
    protocol: str
    operation: str
    credential_name: str
    accepted_at: datetime
    settled_at: datetime
    verdict: Verdict
    asker: Actor | None = None


class Backlog(Struct, frozen=True):
    """The number of unsettled receipts. ``oldest_accepted_at`` is None if there are none."""

    pending: int
    quarantined: int
    oldest_accepted_at: datetime | None
