"""The names by which memberships are found. Pure."""

from __future__ import annotations

from shipledger.access.people.membership.logins import login_key
from shipledger.access.people.membership.model import AddMember, KnowMemberAs, Member, MemberSubmission
from shipledger.ledger.submission import Alias

ID = ""
PERSON = "person"
LOGIN = "login"


def id_of(submission: MemberSubmission) -> tuple[Alias, ...]:
    """The name that says which membership a submission is about."""
    return (Alias(ID, submission.member_id),)


def names_in(submission: MemberSubmission) -> tuple[Alias, ...]:
    """All names that a submission concerns."""
    if isinstance(submission, AddMember):
        return (*id_of(submission), Alias(PERSON, submission.person_id))
    logins = submission.adds if isinstance(submission, KnowMemberAs) else ()
    return (*id_of(submission), *map(login_alias, logins))


def known_by(member: Member) -> tuple[Alias, ...]:
    """All names of a membership: nobody has two in one organization, and no two have the same login."""
    return Alias(ID, member.member_id), Alias(PERSON, member.person_id), *map(login_alias, member.logins)


def login_alias(login: str) -> Alias:
    """The name by which whoever has a login is found."""
    return Alias(LOGIN, login_key(login))


def call(submission: MemberSubmission) -> str:
    """A name by which whoever asks can tell an item."""
    return submission.person_id if isinstance(submission, AddMember) else submission.member_id
