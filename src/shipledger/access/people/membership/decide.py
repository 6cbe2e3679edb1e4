"""Decide about one submission on a membership. Pure."""

from __future__ import annotations

from msgspec import UNSET

from shipledger.access.people.membership.fold import change, fold
from shipledger.access.people.membership.logins import LOGINS_LIMIT
from shipledger.access.people.membership.model import (
    KIND,
    AddMember,
    ChangeMember,
    KnowMemberAs,
    LinkMember,
    Member,
    MemberSubmission,
    RemoveMember,
)
from shipledger.access.people.membership.names import login_alias
from shipledger.access.people.roles import Role
from shipledger.ledger.aggregate import Decided
from shipledger.ledger.by_name import Question
from shipledger.ledger.submission import Alias
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind

UNKNOWN = "Nobody of this organization has this membership."
CHANGED_MEANWHILE = "Somebody else has changed this person meanwhile. Look at what stands now, and ask again."
LAST_ADMINISTRATOR = "This is the organization's last administrator. Make somebody else an administrator first."


def decide(question: Question) -> Decided:
    """The outcome of a submission. Total: every question has one. ``facts`` are the ids of persons who cannot sign in."""
    asked: MemberSubmission = question.submission
    current: Member | None = question.current
    if isinstance(asked, AddMember):
        there = current or question.named.get(Alias("person", asked.person_id))
        return _apply(question, None, asked) if there is None else _duplicate(there)
    if current is None:
        return _reject(Reason.UNKNOWN_MEMBER, UNKNOWN, asked.member_id)
    if isinstance(asked, LinkMember):
        return _apply(question, current, asked)
    return _change(question, current, asked)


def _change(question: Question, current: Member, asked: ChangeMember | RemoveMember | KnowMemberAs) -> Decided:
    if asked.expects not in (0, current.version):
        return _reject(Reason.CHANGED_MEANWHILE, CHANGED_MEANWHILE, asked.member_id)
    if not isinstance(asked, RemoveMember) and change(current, asked) == current:
        return _duplicate(current)
    if isinstance(asked, KnowMemberAs):
        return _know_as(question, current, asked)
    if may_end_administration(asked) and _is_last_administrator(question, current):
        return _reject(Reason.LAST_ADMINISTRATOR, LAST_ADMINISTRATOR, asked.member_id)
    return _apply(question, current, asked)


def _know_as(question: Question, current: Member, asked: KnowMemberAs) -> Decided:
    for login in asked.adds:
        other = question.named.get(login_alias(login))
        if other is not None and other.member_id != current.member_id:
            return _reject(Reason.NAME_TAKEN, f"Somebody else of this organization is known as {login!r}.", asked.member_id)
    if len(change(current, asked).logins) > LOGINS_LIMIT:
        return _reject(Reason.TOO_LARGE, f"A person has at most {LOGINS_LIMIT} logins.", asked.member_id)
    return _apply(question, current, asked)


def may_end_administration(asked: MemberSubmission) -> bool:
    """Whether whoever it is about is no administrator afterwards, and may have been one before."""
    if isinstance(asked, ChangeMember):
        return asked.role is not UNSET and asked.role is not Role.ADMINISTRATOR
    return isinstance(asked, RemoveMember)


def _is_last_administrator(question: Question, member: Member) -> bool:
    """Whether nobody else administers the organization. Who is disabled does not: such a person can be taken out."""
    disabled = question.facts or ()
    administrators = {one.member_id for one in question.list_peers() if _administers(one, disabled)}
    return _administers(member, disabled) and administrators <= {member.member_id}


def _administers(member: Member, disabled: frozenset[str] | tuple[()]) -> bool:
    return member.role is Role.ADMINISTRATOR and member.person_id not in disabled


def _apply(question: Question, current: Member | None, asked: MemberSubmission) -> Decided:
    entry = question.enter(KIND, asked.member_id, asked, after=current)
    verdict = Verdict(VerdictKind.APPLIED, subject=asked.member_id)
    return Decided(verdict, entries=(entry,), states=(fold(current, entry),))


def _duplicate(member: Member) -> Decided:
    return Decided(Verdict(VerdictKind.DUPLICATE, reason=Reason.NOTHING_NEW, subject=member.member_id))


def _reject(reason: Reason, sentence: str, member_id: str) -> Decided:
    return Decided(Verdict(VerdictKind.REJECTED, reason=reason, sentence=sentence, subject=member_id))
