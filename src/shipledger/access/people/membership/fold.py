"""Fold entries into a membership. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET
from msgspec.structs import replace

from shipledger.access.people.membership.logins import change_logins
from shipledger.access.people.membership.model import (
    AddMember,
    ChangeMember,
    KnowMemberAs,
    LinkMember,
    Member,
    RemoveMember,
)
from shipledger.ledger.aggregate import RecordEntry
from shipledger.ledger.replay import replay


def fold_history(entries: Sequence[RecordEntry]) -> Member | None:
    """The membership that all its entries make; None when the first one is erased."""
    return replay(entries, fold, begins=lambda entry: isinstance(entry.submission, AddMember))


def fold(current: Member | None, entry: RecordEntry) -> Member:
    """The membership after ``entry``. Raises ValueError when it does not begin with an AddMember."""
    said = entry.submission
    if isinstance(said, AddMember):
        return Member(
            organization_id=entry.organization_id,
            member_id=entry.subject_id,
            version=entry.version,
            person_id=said.person_id,
            role=said.role,
            team_roles=dict(said.team_roles),
            since=entry.recorded_at,
        )
    if current is None:
        raise ValueError("a membership begins with the submission that adds it")
    if isinstance(said, RemoveMember):
        return replace(current, version=entry.version, is_removed=True)
    if isinstance(said, LinkMember):
        return replace(current, version=entry.version)
    return replace(change(current, said), version=entry.version)


def change(current: Member, said: ChangeMember | KnowMemberAs) -> Member:
    """``current`` with a change."""
    if isinstance(said, KnowMemberAs):
        return replace(current, logins=change_logins(current.logins, said.adds, said.drops))
    team_roles = {**current.team_roles, **said.team_roles}
    return replace(
        current,
        role=current.role if said.role is UNSET else said.role,
        team_roles={team: role for team, role in team_roles.items() if role is not None},
    )
