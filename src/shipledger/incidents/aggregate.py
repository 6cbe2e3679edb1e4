"""Incidents, described as an aggregate."""

from __future__ import annotations

from shipledger.incidents.fold import fold_history
from shipledger.incidents.knowledge import study
from shipledger.incidents.model import ChangeIncident, Incident, IncidentEntry, MarkIncident, RecordIncident, RemoveIncident
from shipledger.incidents.names import call, names_in, names_of, services_in
from shipledger.incidents.rows import number_of, to_columns, to_tokens
from shipledger.ledger.aggregate import Aggregate, Column, Keeping, Subtable
from shipledger.ledger.verdict import Reason

INCIDENTS = Aggregate(
    kind="incident",
    submissions=(RecordIncident, ChangeIncident, MarkIncident, RemoveIncident),
    records=(RecordIncident,),
    names_in=names_in,
    names_of=names_of,
    known_by=names_of,
    call=call,
    services_in=services_in,
    patient=(MarkIncident,),
    unknown=Reason.UNKNOWN_INCIDENT,
    study=study,
    make_entry=IncidentEntry,
    state=Incident,
    fold_history=fold_history,
    removals=(RemoveIncident,),
    acts=(MarkIncident, RemoveIncident),
    keeping=Keeping(
        entries="incident_entry",
        table="incident",
        id="incident_id",
        columns=(Column("started_us", "bigint"), Column("ended_us", "bigint")),
        to_columns=to_columns,
        number=number_of,
        parts=(Subtable("incident_token", (Column("token", "text"), Column("placed_us", "bigint")), to_tokens),),
    ),
    cost=4_000,  # each keeps all its notes
)
