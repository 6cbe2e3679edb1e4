"""The names by which memberships are found. Pure."""

from __future__ import annotations

from shipledger.access.people.membership.model import AddMember, Member, MemberSubmission
from shipledger.ledger.submission import Alias

ID = ""
PERSON = "person"


def id_of(submission: MemberSubmission) -> tuple[Alias, ...]:
    """The name that says which membership a submission is about."""
    return (Alias(ID, submission.member_id),)


def names_in(submission: MemberSubmission) -> tuple[Alias, ...]:
    """All names that a submission concerns."""
    person = (Alias(PERSON, submission.person_id),) if isinstance(submission, AddMember) else ()
    return (*id_of(submission), *person)


def known_by(member: Member) -> tuple[Alias, ...]:
    """All names of a membership: nobody has two in one organization."""
    return Alias(ID, member.member_id), Alias(PERSON, member.person_id)


def call(submission: MemberSubmission) -> str:
    """A name by which whoever asks can tell an item."""
    return submission.person_id if isinstance(submission, AddMember) else submission.member_id
