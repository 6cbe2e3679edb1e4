"""Decide about one submission on a pull request."""

from __future__ import annotations

from shipledger.ledger.aggregate import Decided
from shipledger.ledger.by_name import Question
from shipledger.ledger.registers import said_in
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind
from shipledger.pull_requests.fold import fold, join
from shipledger.pull_requests.model import KIND, PullRequest, RecordPullRequest


def decide(question: Question) -> Decided:
    """The outcome of a submission. Total: every question has one.

    What repeats known values with a greater order appends an entry: an older report that is settled later must not win.
    """
    current: PullRequest | None = question.current
    submission: RecordPullRequest = question.submission
    subject_id = current.pull_request_id if current else submission.pull_request_id
    if current is not None and join(current, submission) is current:
        return Decided(_judge_unchanged(current, submission))
    entry = question.enter(KIND, subject_id, submission, after=current)
    changed = fold(current, entry)
    if current is not None and changed.facts == current.facts:
        verdict = _judge_unchanged(changed, submission)
    else:
        verdict = Verdict(kind=VerdictKind.APPLIED, sentence=submission.left_out, subject=subject_id)
    return Decided(verdict, entries=(entry,), states=(changed,))


def _judge_unchanged(known: PullRequest, submission: RecordPullRequest) -> Verdict:
    is_lost = any(said != getattr(known.facts, name) for name, said in said_in(submission.facts).items())
    if is_lost:
        return Verdict(
            kind=VerdictKind.SUPERSEDED,
            reason=Reason.OLDER_FACTS,
            sentence="Newer values are known for everything in this report.",
            subject=known.pull_request_id,
        )
    return Verdict(
        kind=VerdictKind.DUPLICATE,
        reason=Reason.NOTHING_NEW,
        sentence="Everything in this report was already known.",
        subject=known.pull_request_id,
    )
