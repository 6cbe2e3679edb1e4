"""Decide about one submission on a membership. Pure."""

from __future__ import annotations

from shipledger.access.people.membership.fold import change, fold
from shipledger.access.people.membership.model import KIND, AddMember, Member, MemberSubmission, RemoveMember
from shipledger.ledger.aggregate import Decided
from shipledger.ledger.by_name import Question
from shipledger.ledger.submission import Alias
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind


def decide(question: Question) -> Decided:
    """The outcome of a submission. Total: every question has one.

    Whether somebody is the last administrator is asked by who asks: an operator can always make another one.
    """
    asked: MemberSubmission = question.submission
    current: Member | None = question.current
    if isinstance(asked, AddMember):
        there = current or question.named.get(Alias("person", asked.person_id))
        return _apply(question, None, asked) if there is None else _duplicate(there)
    if current is None:
        sentence = "Nobody of this organization has this membership."
        return Decided(Verdict(VerdictKind.REJECTED, reason=Reason.UNKNOWN_MEMBER, sentence=sentence, subject=asked.member_id))
    if isinstance(asked, RemoveMember) or change(current, asked) != current:
        return _apply(question, current, asked)
    return _duplicate(current)


def _apply(question: Question, current: Member | None, asked: MemberSubmission) -> Decided:
    entry = question.enter(KIND, asked.member_id, asked, after=current)
    verdict = Verdict(VerdictKind.APPLIED, subject=asked.member_id)
    return Decided(verdict, entries=(entry,), states=(fold(current, entry),))


def _duplicate(member: Member) -> Decided:
    return Decided(Verdict(VerdictKind.DUPLICATE, reason=Reason.NOTHING_NEW, subject=member.member_id))
