"""The outcome of one receipt, and a verdict as it is kept."""

from __future__ import annotations

from typing import Any, TypeAlias

from msgspec import Struct

from shipledger.ledger.receipt import Receipt
from shipledger.ledger.verdict import Verdict
from shipledger.store.receipts.pending_contract import Concern

NamedService: TypeAlias = tuple[str, int]
"""The name of a service that a receipt names, and the item that does so first."""


class SettledReceipt(Struct, frozen=True):
    """The outcome of one receipt: its verdicts by item, and the entries of any kind that they appended.

    ``concerns`` were noted when it was accepted; they are forgotten now. ``services`` are named by what was not rejected: they
    exist from now on.
    """

    receipt: Receipt
    verdicts: tuple[Verdict, ...]
    entries: tuple[Any, ...]
    concerns: tuple[Concern, ...] = ()
    services: tuple[NamedService, ...] = ()
