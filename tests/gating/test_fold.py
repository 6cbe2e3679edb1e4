"""What entries make of a gate, member by member; what others are told of it, and what stands in its row."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from shipledger.clock import to_microseconds
from shipledger.gating.fold import fold, fold_history, number_of
from shipledger.gating.gate import Gate, GateChange, GateStatus, GateSubject, read_gate_key, subject_of
from shipledger.gating.names import call, gate_alias, names_in, names_of
from shipledger.gating.notice import ASKED, CLOSED, DECIDED, describe_notice, notice_of, read_notice, topic_of
from shipledger.gating.rows import COLUMNS, to_columns
from shipledger.gating.submissions import AskGate, CloseGate, DecideGate, GateSubmission, KeepGate
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.aggregate import RecordEntry
from shipledger.ledger.erasure import Erased
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Alias, Environment, Facts, Pipeline
from tests.support.factories import ACME, make_id, make_record, moment

SUBJECT = GateSubject(pipeline_id="shop", environment_id="prod", sequence=3)
ASK = AskGate(gate_id="g", deployment_id="d", subject=SUBJECT, number=7)
ALLOW = DecideGate(deployment_id="d", status=GateStatus.ALLOWED, reason="Looks good", names=(Alias(scope="request", key="one"),))
ASKER, PERSON = Actor(ActorKind.CREDENTIAL, make_id(1)), Actor(ActorKind.COMMAND, "anna")
AWAITING = Gate(
    organization_id=ACME,
    deployment_id="d",
    number=7,
    credential_id=make_id(1),
    subject=SUBJECT,
    status=GateStatus.AWAITING,
    asked_at=moment(1),
    changed_at=moment(1),
    gate_id="g",
    version=1,
    changes=(GateChange(status=GateStatus.AWAITING, at=moment(1), actor=ASKER),),
)
ALLOWED = replace(
    AWAITING,
    status=GateStatus.ALLOWED,
    changed_at=moment(2),
    reason="Looks good",
    version=2,
    changes=(*AWAITING.changes, GateChange(status=GateStatus.ALLOWED, at=moment(2), actor=PERSON, reason="Looks good")),
    names=(Alias(scope="request", key="one"),),
)


def entry(version: int, submission: GateSubmission | Erased, actor: Actor | None = PERSON) -> RecordEntry:
    return RecordEntry("gate", ACME, "g", version, make_id(version), 0, moment(version), moment(version), submission, actor)


def test_an_ask_opens_a_gate_and_a_decision_answers_it() -> None:
    assert fold(None, entry(1, ASK, ASKER)) == AWAITING
    assert fold(AWAITING, entry(2, ALLOW)) == ALLOWED
    assert fold_history([entry(1, ASK, ASKER), entry(2, ALLOW)]) == ALLOWED
    assert fold(None, entry(1, ASK, PERSON)).credential_id == fold(None, entry(1, ASK, None)).credential_id == ""


@pytest.mark.parametrize(
    "current, submission, status, changes",
    [
        (AWAITING, CloseGate(deployment_id="d"), GateStatus.CLOSED, 2),
        (AWAITING, replace(ALLOW, status=GateStatus.AWAITING), GateStatus.AWAITING, 1),
        (AWAITING, ASK, GateStatus.AWAITING, 1),
        (ALLOWED, CloseGate(deployment_id="d"), GateStatus.ALLOWED, 2),
        (ALLOWED, replace(ALLOW, status=GateStatus.PREVENTED, reason="No"), GateStatus.ALLOWED, 2),
    ],
)
def test_the_first_answer_counts_and_every_entry_its_version(current, submission, status, changes) -> None:
    after = fold(current, entry(9, submission))
    assert (after.status, len(after.changes), after.version) == (status, changes, 9)
    assert after.reason == current.reason
    assert after.change == changes


def test_an_entry_before_the_ask_is_a_programming_fault_and_only_the_first_one_gives_a_number() -> None:
    with pytest.raises(ValueError, match="begins with the submission that asks"):
        fold(None, entry(1, ALLOW))
    kept = KeepGate("g", "d", SUBJECT, 8, make_id(1), GateStatus.AWAITING, 1, 2)
    found = [number_of(one) for one in (entry(1, ASK), entry(1, kept), entry(2, ASK), entry(1, ALLOW))]
    assert found == [7, 8, None, None]


def test_what_is_erased_leaves_the_outcome_and_without_the_ask_there_is_none() -> None:
    history = [entry(1, ASK, ASKER), entry(2, Erased(effect="allowed"), None)]
    left = fold_history(history)
    assert left is not None
    assert (left.status, left.reason, left.version, left.changes[-1].actor) == (GateStatus.ALLOWED, "", 2, None)
    silent = fold_history([history[0], entry(2, Erased(), None)])
    assert silent == replace(AWAITING, version=2)
    assert fold_history([entry(1, Erased(), None), entry(2, ALLOW)][:1]) is None
    assert fold_history([entry(2, ALLOW)]) is None


def test_a_gate_of_a_version_before_is_kept_with_all_that_was_known() -> None:
    asked_us, changed_us = to_microseconds(moment(1)), to_microseconds(moment(2))
    kept = KeepGate("g", "d", SUBJECT, 7, make_id(1), GateStatus.ALLOWED, asked_us, changed_us, "Looks good")
    assert fold(None, entry(2, kept)) == replace(ALLOWED, names=())
    waiting = fold(None, entry(1, replace(kept, status=GateStatus.AWAITING, changed_us=asked_us, reason="")))
    assert waiting == AWAITING


def test_it_is_found_by_its_id_its_deployment_and_the_keys_of_requests() -> None:
    assert names_of(ALLOWED) == (Alias(scope="", key="g"), gate_alias("d"), Alias(scope="request", key="one"))
    assert (names_in(ALLOW), call(ALLOW)) == ((gate_alias("d"),), "d")
    assert ALLOWED.credential_ids == {make_id(1)}
    assert (ALLOWED.key, ALLOWED.subject_id) == ("GATE-7", "g")
    keys = ("GATE-7", "gate-7", "GATE-07", "GATE-0", "GATE-7x", "xGATE-7", "GATE-123456789", "GATE-1234567890")
    assert [read_gate_key(one) for one in keys] == [7, 7, None, None, None, None, 123456789, None]


def test_others_are_told_how_it_stands() -> None:
    assert [topic_of(status) for status in GateStatus] == [ASKED, DECIDED, DECIDED, CLOSED]
    described = {
        "key": "GATE-7",
        "status": "allowed",
        "reason": "Looks good",
        "deployment_id": "d",
        "pipeline_id": "shop",
        "environment_id": "prod",
        "sequence": 3,
        "asked_at": moment(1),
        "changed_at": moment(2),
        "url": "https://ledger.example.com/gates/GATE-7?organization=acme",
    }
    assert describe_notice(notice_of(ALLOWED), public_url="https://ledger.example.com", organization="acme") == described
    assert describe_notice(notice_of(ALLOWED), public_url="", organization="acme")["url"] is None
    assert read_notice(msgspec.json.encode(notice_of(ALLOWED)).decode()) == notice_of(ALLOWED)


def test_its_row_has_a_value_for_each_column() -> None:
    row = dict(zip((column.name for column in COLUMNS), to_columns(ALLOWED), strict=True))
    assert row == {
        "deployment_id": "d",
        "number": 7,
        "credential_id": make_id(1),
        "subject": '{"pipeline_id":"shop","environment_id":"prod","sequence":3}',
        "status": "allowed",
        "asked_us": to_microseconds(moment(1)),
        "changed_us": to_microseconds(moment(2)),
        "reason": "Looks good",
        "entered_status": "allowed",
    }


@pytest.mark.parametrize(
    "facts, subject",
    [
        (Facts(), GateSubject(pipeline_id="", environment_id="", sequence=None)),
        (
            Facts(pipeline=Pipeline("shop", "Shop"), environment=Environment("prod", "Production", Tier.PRODUCTION), sequence=3),
            SUBJECT,
        ),
    ],
)
def test_its_subject_is_what_the_record_says(facts, subject) -> None:
    assert subject_of(replace(make_record(1), facts=facts)) == subject
