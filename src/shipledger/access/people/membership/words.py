"""What an entry of a membership says, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from shipledger.access.people.membership.model import AddMember, ChangeMember, KnowMemberAs, LinkMember, RemoveMember
from shipledger.access.people.roles import Role


def describe(said: Any) -> tuple[str, ...]:
    """One short sentence for each thing; of an erased entry only that."""
    if isinstance(said, AddMember):
        role = "Added." if said.role is None else f"Added as {said.role}."
        return (role, *_describe_teams(said.team_roles))
    if isinstance(said, ChangeMember):
        return (*_describe_role(said), *_describe_teams(said.team_roles)) or ("Nothing changed.",)
    if isinstance(said, KnowMemberAs):
        return _describe_logins(said)
    if isinstance(said, LinkMember):
        return ("Got a link that sets the password.",)
    return ("Removed from the organization.",) if isinstance(said, RemoveMember) else ("Erased.",)


def _describe_role(said: ChangeMember) -> tuple[str, ...]:
    if said.role is UNSET:
        return ()
    return ("No longer has a role in the organization.",) if said.role is None else (f"Is {said.role} now.",)


def _describe_logins(said: KnowMemberAs) -> tuple[str, ...]:
    adds = (f"Is known to senders as {login} now." for login in said.adds if login not in said.drops)
    drops = (f"Is no longer known to senders as {login}." for login in said.drops)
    return (*adds, *drops) or ("Nothing changed.",)


def _describe_teams(roles: Mapping[str, Role | None]) -> list[str]:
    return [
        f"No longer has a role in the team {team}." if role is None else f"Is {role} in the team {team}."
        for team, role in sorted(roles.items())
    ]
