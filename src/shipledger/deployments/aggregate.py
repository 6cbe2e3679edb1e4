"""Deployments, described as an aggregate."""

from __future__ import annotations

from shipledger.deployments.knowledge import study
from shipledger.deployments.names import call, known_by, names_in, names_of, services_in
from shipledger.ledger.aggregate import Aggregate, Keeping
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.history import effect_of, fold_history
from shipledger.ledger.submission import (
    Amend,
    ChangeState,
    Correct,
    GiveUp,
    Hear,
    LetGo,
    Mark,
    Merge,
    RecordDeployment,
    Refuse,
    Remove,
    RemoveMatching,
    Separate,
    Split,
    TakeIn,
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
        Merge,
        Split,
        TakeIn,
        Hear,
        LetGo,
    ),
    records=(RecordDeployment,),
    patient=(ChangeState, Amend, Mark, Merge),
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
    effect_of=effect_of,
    acts=(Mark, Correct, UndoCorrection, Remove, Separate, Merge, Split),
    keeping=Keeping(entries="entry", table="deployment", id="deployment_id", is_plain=False),
)
