"""What an entry of a membership says, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import UNSET

from shipledger.access.people.membership.model import AddMember, ChangeMember, RemoveMember
from shipledger.access.people.roles import Role


def describe(said: Any) -> tuple[str, ...]:
    """One short sentence for each thing that a submission changed; of an erased one only that."""
    if isinstance(said, AddMember):
        first = "Added to teams alone." if said.role is None else f"Added as {said.role}."
        return (first, *_describe_teams(said.team_roles))
    if isinstance(said, ChangeMember):
        role = () if said.role is UNSET else (f"Role set to {said.role}." if said.role else "Left with roles in teams alone.",)
        return (*role, *_describe_teams(said.team_roles))
    return ("Removed.",) if isinstance(said, RemoveMember) else ("Erased.",)


def _describe_teams(team_roles: Mapping[str, Role | None]) -> Iterator[str]:
    for team, role in sorted(team_roles.items()):
        yield f"Role in the team {team} set to {role}." if role else f"No role in the team {team} any more."
