"""What reports about deployments ask of their gates, and what is left of an erased answer."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from shipledger.gating.gate import GateStatus, subject_of
from shipledger.gating.names import asks, effect_of, may_open
from shipledger.gating.submissions import AskGate, CloseGate, DecideGate
from shipledger.ledger.aggregate import Decided
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.identity import derive_id
from shipledger.ledger.state import State
from tests.gating.test_fold import ASK
from tests.support.factories import decide_receipt, make_amend, make_receipt, make_record, make_report

RECEIPT = make_receipt(1)
OPENS = replace(make_record(1, state=make_report(State.PENDING)), asks_for_gate=True)
OVER = replace(OPENS, state=make_report(State.FAILED))


def list_asks(submission, current: Deployment | None = None, **changes):
    """What a submission about a deployment asks of its gate, with this changed about the deployment afterwards."""
    settled, after = decide_receipt(RECEIPT, submission, current)
    states = (replace(after, **changes),) if after else ()
    return [*asks(RECEIPT, 3, Decided(settled.verdicts[0], entries=settled.entries, states=states))]


KNOWN = decide_receipt(RECEIPT, OPENS)[1]
ASKED = AskGate(
    gate_id=derive_id(RECEIPT.receipt_id, 3, f"gate of {KNOWN.deployment_id}"),
    deployment_id=KNOWN.deployment_id,
    subject=subject_of(OPENS),
)
CLOSED = CloseGate(deployment_id=KNOWN.deployment_id)


@pytest.mark.parametrize(
    "submission, current, changes, asked",
    [
        (OPENS, None, {}, [ASKED]),
        (replace(OPENS, asks_for_gate=False), None, {}, []),
        (OVER, None, {}, [CLOSED]),
        (OPENS, None, {"is_removed": True}, [ASKED, CLOSED]),
        (make_amend(KNOWN, order=9, title="Another"), KNOWN, {}, []),
        (make_amend(KNOWN, order=9, title="Another"), KNOWN, {"is_removed": True}, [CLOSED]),
    ],
)
def test_a_record_opens_a_gate_where_it_asks_and_an_end_or_a_removal_closes_it(submission, current, changes, asked):
    assert list_asks(submission, current, **changes) == asked


@pytest.mark.parametrize(
    "submission, opens",
    [(OPENS, True), (OVER, True), (replace(OPENS, asks_for_gate=False), False), (CLOSED, False), (ASK, False)],
)
def test_only_a_record_that_asks_may_open_a_gate(submission, opens):
    assert may_open(submission) is opens


def test_of_an_erased_answer_its_outcome_is_left_and_of_an_ask_nothing():
    prevented = DecideGate(deployment_id="d", status=GateStatus.PREVENTED, reason="No")
    assert [effect_of(one) for one in (ASK, CLOSED, prevented)] == ["", "closed", "prevented"]
