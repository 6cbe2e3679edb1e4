"""The outcome of one receipt."""

from __future__ import annotations

from msgspec import Struct

from shipledger.ledger.deployment import Entry
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.verdict import Verdict


class SettledReceipt(Struct, frozen=True):
    """The outcome of one receipt: its verdicts by item, and the entries about deployments that they appended."""

    receipt: Receipt
    verdicts: tuple[Verdict, ...]
    entries: tuple[Entry, ...]
