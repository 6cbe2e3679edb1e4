"""What the ledger asks of itself is kept in receipts, and read back as it was asked."""

from __future__ import annotations

import msgspec
import pytest

from shipledger.aggregates import AGGREGATES
from shipledger.gating.gate import GateStatus
from shipledger.gating.submissions import CloseGate, DecideGate
from shipledger.incidents.marks import IncidentMarks
from shipledger.incidents.model import MarkIncident
from shipledger.ledger import own_receipts
from shipledger.ledger.actor import Actor, ActorKind, actor_of
from shipledger.ledger.asking import make_asked_receipt, reader_of
from shipledger.ledger.receipt import OWN_PROTOCOL
from shipledger.ledger.state import State
from tests.gating.test_fold import ASK
from tests.incidents.test_fold import TARGET, record
from tests.support.factories import (
    ACME,
    decide_receipt,
    make_amend,
    make_change,
    make_id,
    make_receipt,
    make_record,
    make_removal,
    moment,
)

KNOWN = decide_receipt(make_receipt(), make_record())[1]
DECIDE = DecideGate(deployment_id="d", status=GateStatus.ALLOWED, reason="Grüße")


@pytest.mark.parametrize("actor", [Actor(ActorKind.CREDENTIAL, make_id(1)), Actor(ActorKind.COMMAND, "gate")])
@pytest.mark.parametrize("asked", [[DECIDE], [DECIDE, CloseGate(deployment_id="e")], []])
def test_several_submissions_are_read_back_with_whoever_asked(asked, actor):
    receipt = make_asked_receipt(ACME, asked, operation="gate", actor=actor, receipt_id=make_id(3), accepted_at=moment(3))
    assert [*reader_of(AGGREGATES)(receipt)] == asked
    assert actor_of(receipt) == actor
    assert (receipt.organization_id, receipt.protocol, receipt.operation) == (ACME, OWN_PROTOCOL, "gate")


def test_the_one_submission_of_a_duty_is_read_back():
    amend = make_amend(KNOWN, order=7, title="Another")
    receipt = own_receipts.make_receipt(KNOWN, amend, operation="rename", after=moment(4), seed="x", now=moment(5))
    assert [*reader_of(AGGREGATES)(receipt)] == [amend]


def test_what_this_version_does_not_know_is_no_submission():
    receipt = make_receipt(protocol=OWN_PROTOCOL, body='[{"type": "of-a-later-version"}]')
    with pytest.raises(msgspec.ValidationError):
        reader_of(AGGREGATES)(receipt)


@pytest.mark.parametrize(
    "submission, kind, records, waits",
    [
        (make_record(), "deployment", True, False),
        (make_change(KNOWN, State.FAILED, at=moment(9)), "deployment", False, True),
        (make_removal(KNOWN), "deployment", False, False),
        (record(), "incident", True, False),
        (MarkIncident(source="vendor", target=TARGET, marks=IncidentMarks(), order=(1,)), "incident", False, True),
        (ASK, "gate", True, False),
        (DECIDE, "gate", False, True),
        (CloseGate(deployment_id="d"), "gate", False, False),
    ],
)
def test_a_submission_belongs_to_one_kind_of_record_and_may_record_it_or_wait_for_it(submission, kind, records, waits):
    assert AGGREGATES.of(submission) is AGGREGATES[kind]
    assert AGGREGATES.may_record(submission) is records
    assert AGGREGATES.awaits_record(submission) is waits


def test_gates_follow_deployments_and_repositories_follow_services():
    assert {kind: [one.kind for one in AGGREGATES.followers_of(kind)] for kind in ("deployment", "service", "gate")} == {
        "deployment": ["gate"],
        "service": ["repository"],
        "gate": [],
    }
