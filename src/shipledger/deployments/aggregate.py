"""Deployments, described as an aggregate."""

from __future__ import annotations

from shipledger.deployments.knowledge import study
from shipledger.deployments.names import call, known_by, names_in, names_of, services_in
from shipledger.ledger.aggregate import Aggregate, Keeping
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.history import fold_history
from shipledger.ledger.submission import (
    Amend,
    ChangeState,
    Correct,
    GiveUp,
    Mark,
    RecordDeployment,
    Refuse,
    Remove,
    RemoveMatching,
    Separate,
    UndoCorrection,
)
from shipledger.ledger.verdict import Reason

DEPLOYMENTS = Aggregate(
    kind="deployment",
    submissions=(
        RecordDeployment,
        ChangeState,
        Amend,
        Mark,
        Correct,
        UndoCorrection,
        Remove,
        RemoveMatching,
        Refuse,
        Separate,
        GiveUp,
    ),
    records=(RecordDeployment,),
    patient=(ChangeState, Amend, Mark),
    names_in=names_in,
    names_of=names_of,
    known_by=known_by,
    call=call,
    services_in=services_in,
    unknown=Reason.UNKNOWN_DEPLOYMENT,
    study=study,
    make_entry=Entry,
    state=Deployment,
    fold_history=fold_history,
    removals=(Remove,),
    acts=(Mark, Correct, UndoCorrection, Remove, Separate),
    keeping=Keeping(entries="entry", table="deployment", id="deployment_id", is_plain=False),
)
