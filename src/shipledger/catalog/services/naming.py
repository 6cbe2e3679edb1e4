"""The service that a report brings into being by naming it. Pure."""

from __future__ import annotations

from datetime import datetime

from shipledger.catalog.services.decide import decide
from shipledger.catalog.services.model import DeclareService
from shipledger.ledger.aggregate import Decided
from shipledger.ledger.by_name import Question
from shipledger.ledger.identity import derive_id
from shipledger.ledger.receipt import Receipt


def declare_named(receipt: Receipt, item: int, name: str, *, has_own_slug: str, now: datetime) -> Decided:
    """Declare the service ``name``, which does not exist, because item ``item`` of ``receipt`` names it.

    ``has_own_slug``: the slug where that of the name is taken, else "".
    """
    asked = DeclareService(service_id=id_of_named(receipt, name), name=name, is_named=True, slug=has_own_slug)
    return decide(Question(None, receipt, item, asked, 0, now))


def id_of_named(receipt: Receipt, name: str) -> str:
    """The id of the service that a receipt declares by naming it."""
    return derive_id(receipt.receipt_id, 0, f"service {name.casefold()}")
