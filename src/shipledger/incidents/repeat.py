"""Whether a record of an incident without a name of its own is an earlier one, sent again."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from shipledger.incidents.elements import Held, join_elements
from shipledger.incidents.model import Incident, RecordIncident
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import Order

_ASSUMED_UNTIL: Order = (0,)
"""Orders of what was assumed are negative, those of what was said are times."""


def repeats(submission: RecordIncident, receipt: Receipt, incident: Incident) -> bool:
    """Whether ``submission`` says what the same sender recorded ``incident`` with, shortly before or after, and nothing since.

    An incident that somebody has worked on is another one than a failure that is reported now, in whatever words
    (docs/adr/0021).
    """
    if incident.sender not in ("", submission.sender):
        return False
    away = [abs((moment - incident.started_at).total_seconds()) for moment in (receipt.accepted_at, receipt.ordered_at)]
    if min(away) > submission.repeats_within or incident.source != submission.source or not _is_untouched(incident):
        return False
    said = join_elements({}, submission.elements, submission.assumed_order)
    is_equal = replace(submission.assumed, started_at=incident.started_at) == incident.facts
    texts = {note.text for note in submission.notes} == {note.text for note in incident.notes}
    return is_equal and texts and _values(said) == _values(incident.elements)


def _is_untouched(incident: Incident) -> bool:
    orders = [*incident.orders.values(), *(held.order for by_key in incident.elements.values() for held in by_key.values())]
    return not incident.reports and not incident.is_removed and all(order < _ASSUMED_UNTIL for order in orders)


def _values(elements: Mapping[str, Mapping[str, Held]]) -> dict[str, dict[str, str | None]]:
    return {kind: {key: held.value for key, held in by_key.items()} for kind, by_key in elements.items()}
