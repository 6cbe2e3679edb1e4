"""The lives of credentials, described as an aggregate."""

from __future__ import annotations

from shipledger.access.issuance.decide import decide
from shipledger.access.issuance.fold import fold_history
from shipledger.access.issuance.model import KIND, Issuance, ReportIssued, ReportRevoked
from shipledger.access.issuance.names import call, known_by, names_in
from shipledger.ledger.aggregate import Aggregate, Keeping
from shipledger.ledger.by_name import Rules, study_by_name
from shipledger.ledger.verdict import Reason

ISSUANCES = Aggregate(
    kind=KIND,
    submissions=(ReportIssued, ReportRevoked),
    records=(ReportIssued, ReportRevoked),
    removals=(),
    names_in=names_in,
    names_of=known_by,
    known_by=known_by,
    call=call,
    unknown=Reason.NO_MATCH,
    study=study_by_name(Rules(KIND, names_in, known_by, decide, about=names_in)),
    state=Issuance,
    fold_history=fold_history,
    keeping=Keeping(entries="issuance_entry", table="issuance", id="issuance_id"),
    is_shared=True,
)
