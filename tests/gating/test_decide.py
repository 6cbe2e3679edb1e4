"""Whatever is asked of a gate, in whatever order, has a verdict, and one answer counts: the first that was settled."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shipledger.erasure.history import plan_erasure
from shipledger.gating.aggregate import GATES
from shipledger.gating.fold import fold_history
from shipledger.gating.gate import Gate, GateStatus, GateSubject
from shipledger.gating.knowledge import RULES
from shipledger.gating.submissions import AskGate, CloseGate, DecideGate, GateSubmission, KeepGate
from shipledger.ledger.by_name import NamedKnowledge
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind
from shipledger.store.erasure.contract import SentEntry
from tests.support.factories import make_id, make_receipt, moment

SUBJECT = GateSubject(pipeline_id="shop", environment_id="prod", sequence=1)
ASK = AskGate(gate_id="gate", deployment_id="d", subject=SUBJECT)
KEEP = KeepGate(
    gate_id="gate",
    deployment_id="d",
    subject=SUBJECT,
    number=7,
    credential_id=make_id(1),
    status=GateStatus.PREVENTED,
    asked_us=1,
    changed_us=2,
)
DECISIONS = st.builds(DecideGate, deployment_id=st.just("d"), status=st.sampled_from(GateStatus), reason=st.text(max_size=3))
ASKED = st.lists(st.one_of(st.just(ASK), DECISIONS, st.just(CloseGate(deployment_id="d")), st.just(KEEP)), max_size=8)


def settle(asked: list[GateSubmission]) -> tuple[list[Verdict], list[Any], Gate | None]:
    """The verdicts, the entries, and the gate after all."""
    working = NamedKnowledge(RULES, {}, {}).begin({}, is_guarded=True)
    verdicts, entries, gate = [], [], None
    for number, submission in enumerate(asked, start=1):
        receipt = make_receipt(number, credential_id=make_id(number))
        decided = working.decide(receipt, 0, submission, moment(number))
        working.put(decided)
        verdicts.append(decided.verdict)
        entries += decided.entries
        gate = decided.states[-1] if decided.states else gate
    return verdicts, entries, gate


@given(ASKED)
def test_everything_has_a_verdict_and_the_entries_make_what_was_decided(asked: list[GateSubmission]) -> None:
    verdicts, entries, gate = settle(asked)
    assert len(verdicts) == len(asked)
    assert (fold_history(entries) if entries else None) == gate
    assert [entry.version for entry in entries] == list(range(1, len(entries) + 1))
    applied = [one for one, verdict in zip(asked, verdicts, strict=True) if verdict.kind is VerdictKind.APPLIED]
    assert len(applied) == len(entries) <= 2
    if gate is not None:
        assert [change.status for change in gate.changes] == [GateStatus.AWAITING, *(one.status for one in applied[1:])]
        assert gate.status is gate.changes[-1].status


@given(ASKED)
def test_a_decision_is_final_the_same_again_is_a_duplicate_and_another_one_is_rejected(asked: list[GateSubmission]) -> None:
    _, _, gate = settle(asked)
    for status in (GateStatus.ALLOWED, GateStatus.PREVENTED):
        verdicts, _, after = settle([*asked, DecideGate(deployment_id="d", status=status)])
        if gate is None:
            assert (verdicts[-1].kind, after) == (VerdictKind.REJECTED, None)
        elif gate.status is GateStatus.AWAITING:
            assert after is not None
            assert (verdicts[-1].kind, after.status) == (VerdictKind.APPLIED, status)
        else:
            kind = VerdictKind.DUPLICATE if gate.status is status else VerdictKind.REJECTED
            assert (verdicts[-1].kind, after) == (kind, gate)


@given(ASKED, st.integers(min_value=1, max_value=8))
def test_of_an_erased_decision_the_outcome_is_left_and_without_the_question_there_is_no_gate(
    asked: list[GateSubmission], erased: int
) -> None:
    _, entries, gate = settle(asked)
    history = [SentEntry(entry=one, credential_id=one.actor.id, digest="0" * 64) for one in entries]
    plan = plan_erasure(GATES, history, credential_id=make_id(erased), reason="x", now=moment(99)) if history else None
    if plan is None or gate is None:
        return
    if plan.erased[0].tombstone.version == 1:
        assert plan.folded is None
        return
    assert (plan.folded.status, plan.folded.reason, plan.folded.number) == (gate.status, "", gate.number)
    assert plan.folded.version == gate.version + 1


def test_a_gate_of_a_version_before_has_its_history_as_far_as_it_was_kept() -> None:
    _, (entry,), _ = settle([ASK])
    kept = fold_history([replace(entry, submission=KEEP, actor=None)])
    assert kept is not None
    assert (kept.key, kept.status, kept.credential_id) == ("GATE-7", GateStatus.PREVENTED, make_id(1))
    assert [(change.status, str(change.actor)) for change in kept.changes] == [
        (GateStatus.AWAITING, f"credential:{make_id(1)}"),
        (GateStatus.PREVENTED, "None"),
    ]


def test_a_late_answer_is_told_what_stands() -> None:
    allow = DecideGate(deployment_id="d", status=GateStatus.ALLOWED)
    prevent, close = replace(allow, status=GateStatus.PREVENTED), CloseGate(deployment_id="d")
    verdicts, _, _ = settle([allow, ASK, ASK, allow, allow, prevent, close, KEEP])
    assert [(one.kind, one.reason, one.deployment_id, one.subject, one.sentence) for one in verdicts] == [
        (VerdictKind.REJECTED, Reason.UNKNOWN_GATE, None, "d", "No deployment with this id waits at a gate."),
        (VerdictKind.APPLIED, Reason.NONE, "d", "GATE-1", ""),
        (VerdictKind.DUPLICATE, Reason.NOTHING_NEW, "d", "GATE-1", "The deployment has its gate already."),
        (VerdictKind.APPLIED, Reason.NONE, "d", "GATE-1", ""),
        (VerdictKind.DUPLICATE, Reason.NOTHING_NEW, "d", "GATE-1", "GATE-1 is allowed already."),
        (VerdictKind.REJECTED, Reason.DECIDED_OTHERWISE, "d", "d", "GATE-1 was allowed before; that is final."),
        (VerdictKind.DUPLICATE, Reason.NOTHING_NEW, "d", "GATE-1", "GATE-1 is allowed already."),
        (VerdictKind.REJECTED, Reason.REFUSED_ON_ARRIVAL, None, "d", "Only an upgrade keeps gates of an earlier version."),
    ]
