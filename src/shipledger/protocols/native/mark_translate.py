"""From marks to submissions: they have no time of their own, so the order of acceptance ranks them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from shipledger.incidents.marks import IncidentMarks
from shipledger.incidents.model import MarkIncident
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import Facts, Mark, Target
from shipledger.protocols.native.request_key import key_names
from shipledger.protocols.native.vocabulary import SOURCE
from shipledger.protocols.wire_json import REPLACED

ID_PARAMETER = "id"


def to_mark(receipt: Receipt, said: Facts) -> Sequence[Mark]:
    """What a receipt with marks of a deployment asks for."""
    return (
        Mark(
            source=SOURCE,
            target=Target(key=receipt.parameters[ID_PARAMETER]),
            facts=said,
            order=(receipt.order_us,),
            names=key_names(receipt),
            left_out=receipt.parameters.get(REPLACED, ""),
        ),
    )


def to_incident_mark(receipt: Receipt, said: IncidentMarks) -> Sequence[MarkIncident]:
    """What a receipt with marks of an incident asks for."""
    return (
        MarkIncident(
            source=SOURCE,
            target=Target(key=receipt.parameters[ID_PARAMETER]),
            marks=said,
            order=(receipt.order_us,),
            names=key_names(receipt),
            left_out=receipt.parameters.get(REPLACED, ""),
        ),
    )
