"""What a person may do in an organization: one table of roles and rights. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Right(StrEnum):
    """Something that a page, a command over HTTP or the native API does for somebody."""

    READ = "read"
    """See deployments, incidents, services and what follows from them."""
    WRITE = "write"
    """Record deployments, incidents, commits and marks; correct, merge and split records."""
    APPROVE = "approve"
    """Decide at gates."""
    CONFIGURE = "configuration"
    """Change services, mappings, environments, relations and settings."""
    INSPECT = "inspect"
    """See requests as they arrived, and refused ones."""
    DELETE = "delete"
    """Delete and erase records."""
    ADMINISTER = "administer"
    """Invite people, give roles, issue credentials."""


class Role(StrEnum):
    """What somebody is in an organization or a team, from least to most."""

    VIEWER = "viewer"
    EDITOR = "editor"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"


_VIEWER = frozenset({Right.READ})
_EDITOR = _VIEWER | {Right.WRITE, Right.CONFIGURE, Right.INSPECT}
_APPROVER = _EDITOR | {Right.APPROVE}

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.VIEWER: _VIEWER,
    Role.EDITOR: _EDITOR,
    Role.APPROVER: _APPROVER,
    Role.ADMINISTRATOR: frozenset(Right),
}
"""The rights of each role. A role has those of the one before it."""

TEAM_RIGHTS = frozenset({Right.READ, Right.WRITE, Right.APPROVE, Right.CONFIGURE})
"""What a role in a team can bring: the rest is a matter of the whole organization."""


def rights_of(role: Role | None, team_roles: Mapping[str, Role], teams: Iterable[str] = ()) -> frozenset[Right]:
    """The rights of a member on what belongs to ``teams``: those of the role, and of the roles in these teams.

    ``role`` None: a member of teams alone, who sees the whole organization all the same.
    """
    own = RIGHTS[role] if role is not None else (_VIEWER if team_roles else frozenset[Right]())
    return own.union(*(RIGHTS[team_roles[team]] & TEAM_RIGHTS for team in teams if team in team_roles))
