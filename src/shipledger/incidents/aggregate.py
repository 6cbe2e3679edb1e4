"""Incidents, described as an aggregate."""

from __future__ import annotations

from shipledger.incidents.knowledge import study
from shipledger.incidents.model import ChangeIncident, RecordIncident, RemoveIncident
from shipledger.incidents.names import call, names_in, names_of, services_in
from shipledger.ledger.aggregate import Aggregate
from shipledger.ledger.verdict import Reason

INCIDENTS = Aggregate(
    kind="incident",
    submissions=(RecordIncident, ChangeIncident, RemoveIncident),
    records=(RecordIncident,),
    names_in=names_in,
    names_of=names_of,
    known_by=names_of,
    call=call,
    services_in=services_in,
    unknown=Reason.UNKNOWN_INCIDENT,
    study=study,
    cost=4_000,  # each keeps all its notes
)
