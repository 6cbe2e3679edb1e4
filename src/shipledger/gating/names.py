"""The names by which receipts concern gates. A deployment has one gate. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shipledger.gating.gate import Gate, subject_of
from shipledger.gating.submissions import AskGate, CloseGate, GateSubmission
from shipledger.ledger.aggregate import Decided
from shipledger.ledger.identity import derive_id
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.state import is_final
from shipledger.ledger.submission import Alias, RecordDeployment

DEPLOYMENT_SCOPE = "gate:deployment"


def gate_alias(deployment_id: str) -> Alias:
    """The name of the gate of a deployment."""
    return Alias(scope=DEPLOYMENT_SCOPE, key=deployment_id)


def names_in(submission: GateSubmission) -> tuple[Alias, ...]:
    """The names that a submission concerns."""
    return (gate_alias(submission.deployment_id),)


def names_of(gate: Gate) -> tuple[Alias, ...]:
    """Every name by which a gate is found."""
    return (Alias(scope="", key=gate.gate_id), gate_alias(gate.deployment_id), *gate.names)


def call(submission: GateSubmission) -> str:
    """A name by which the sender can identify an item."""
    return submission.deployment_id


def asks(receipt: Receipt, item: int, decided: Decided) -> Iterator[GateSubmission]:
    """What an outcome about deployments asks of their gates: a record may open one, and an end closes it."""
    for entry in decided.entries:
        record: Any = entry.submission
        if isinstance(record, RecordDeployment) and record.asks_for_gate and not is_final(record.state.state):
            gate_id = derive_id(receipt.receipt_id, item, f"gate of {entry.deployment_id}")
            yield AskGate(gate_id=gate_id, deployment_id=entry.deployment_id, subject=subject_of(record))
    for deployment in decided.states:
        if deployment.is_removed or is_final(deployment.state):
            yield CloseGate(deployment_id=deployment.deployment_id)


def may_open(submission: object) -> bool:
    """Whether what a submission about a deployment asks may open a gate."""
    return isinstance(submission, RecordDeployment) and submission.asks_for_gate


def effect_of(submission: GateSubmission) -> str:
    """What remains of a submission whose words are erased: that the gate is decided, or closed."""
    return "" if isinstance(submission, AskGate) else submission.status
