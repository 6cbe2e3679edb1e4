"""Decide about one submission on a gate."""

from __future__ import annotations

from msgspec.structs import replace

from shipledger.gating.fold import fold
from shipledger.gating.gate import KIND, Gate, GateStatus
from shipledger.gating.submissions import AskGate, CloseGate, DecideGate, GateSubmission, KeepGate
from shipledger.ledger.aggregate import Decided
from shipledger.ledger.by_name import Question
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind


def decide(question: Question) -> Decided:
    """The outcome of a submission on the gate that it names, or on none. Total: every question has one.

    The first decision counts. The same one again is a duplicate, another one is rejected.
    """
    current: Gate | None = question.current
    submission: GateSubmission = question.submission
    if isinstance(submission, AskGate):
        if current is not None:
            return Decided(_duplicate(current, "The deployment has its gate already."))
        return _apply(question, submission.gate_id, replace(submission, number=question.number))
    if isinstance(submission, KeepGate):
        return Decided(_reject(Reason.REFUSED_ON_ARRIVAL, "Only an upgrade keeps gates of an earlier version.", submission))
    if current is not None and current.status is GateStatus.AWAITING and submission.status is not GateStatus.AWAITING:
        return _apply(question, current.gate_id, submission)
    return Decided(_judge_late(current, submission))


def _judge_late(current: Gate | None, submission: DecideGate | CloseGate) -> Verdict:
    if current is None:
        return _reject(Reason.UNKNOWN_GATE, "No deployment with this id waits at a gate.", submission)
    if isinstance(submission, CloseGate) or submission.status is current.status:
        return _duplicate(current, f"{current.key} is {current.status} already.")
    sentence = f"{current.key} was {current.status} before; that is final."
    return replace(_reject(Reason.DECIDED_OTHERWISE, sentence, submission), deployment_id=current.deployment_id)


def _apply(question: Question, gate_id: str, submission: AskGate | DecideGate | CloseGate) -> Decided:
    current: Gate | None = question.current
    entry = question.enter(KIND, gate_id, submission, after=current)
    gate = fold(current, entry)
    verdict = Verdict(kind=VerdictKind.APPLIED, deployment_id=gate.deployment_id, subject=gate.key)
    return Decided(verdict, entries=(entry,), states=(gate,))


def _duplicate(gate: Gate, sentence: str) -> Verdict:
    return Verdict(
        kind=VerdictKind.DUPLICATE,
        deployment_id=gate.deployment_id,
        reason=Reason.NOTHING_NEW,
        sentence=sentence,
        subject=gate.key,
    )


def _reject(reason: Reason, sentence: str, submission: GateSubmission) -> Verdict:
    return Verdict(kind=VerdictKind.REJECTED, reason=reason, sentence=sentence, subject=submission.deployment_id)
