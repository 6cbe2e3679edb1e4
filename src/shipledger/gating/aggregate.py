"""Gates, described as an aggregate: they follow deployments."""

from __future__ import annotations

from shipledger.gating.fold import fold_history, number_of
from shipledger.gating.gate import KIND, Gate
from shipledger.gating.knowledge import study
from shipledger.gating.names import asks, call, effect_of, gate_alias, may_open, names_in, names_of
from shipledger.gating.rows import COLUMNS, to_columns
from shipledger.gating.submissions import AskGate, CloseGate, DecideGate, KeepGate
from shipledger.ledger.aggregate import Aggregate, Following, Keeping
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.verdict import Reason

GATES = Aggregate(
    kind=KIND,
    submissions=(AskGate, DecideGate, CloseGate, KeepGate),
    records=(AskGate,),
    patient=(DecideGate,),
    names_in=names_in,
    names_of=names_of,
    known_by=names_of,
    call=call,
    unknown=Reason.UNKNOWN_GATE,
    study=study,
    state=Gate,
    fold_history=fold_history,
    effect_of=effect_of,
    follows=Following(kind=Deployment.kind, name_of=gate_alias, about=call, asks=asks, may_open=may_open),
    acts=(DecideGate,),
    keeping=Keeping(entries="gate_entry", table="gate", id="gate_id", columns=COLUMNS, to_columns=to_columns, number=number_of),
)
