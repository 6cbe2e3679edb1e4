"""The bodies that say what somebody is. Pure."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from shipledger.access.people.members import TEAM_LIMIT
from shipledger.access.people.membership.logins import LOGIN_LIMIT, LOGINS_LIMIT
from shipledger.access.people.person import EMAIL_LIMIT
from shipledger.access.people.roles import Role
from shipledger.protocols.native.reading import SHOWN_OF_A_NAME, Reader, open_object, refuse_faults
from shipledger.protocols.wire_json import find_unstorable

ROLES = {role.value: role for role in Role}
TEAMS_LIMIT = 200
NAME_TEXT_LIMIT = 200
_SHOULD_BE_A_VERSION = "should be the version of the person, a number from 1"
_GREATEST_VERSION = 2**31 - 1


class InvitationIn(Struct, frozen=True):
    """Whom to add, and as what."""

    email: str
    name: str
    role: Role | None
    teams: dict[str, Role]


class PersonChangeIn(Struct, frozen=True):
    """What changes. ``version`` 0: whatever stands. None takes a role away, and leaves ``logins`` as they are."""

    role: Role | UnsetType | None
    teams: dict[str, Role | None]
    version: int
    logins: tuple[str, ...] | None = None


def read_invitation(text: str) -> InvitationIn:
    """The body of an invitation. Raises Invalid with a text for every wrong member."""
    body, faults = open_object(text)
    body.refuse_others(("email", "name", "role", "teams"))
    role = body.word("role", ROLES, {})
    read = InvitationIn(
        email=body.required_text("email", limit=EMAIL_LIMIT),
        name=body.text("name", limit=NAME_TEXT_LIMIT) or "",
        role=role[0] if role else None,
        teams={team: given for team, given in _read_teams(body).items() if given is not None},
    )
    refuse_faults(faults)
    return read


def read_person_change(text: str) -> PersonChangeIn:
    """The body of a change. Raises Invalid with a text for every wrong member."""
    body, faults = open_object(text)
    body.refuse_others(("role", "teams", "version", "logins"))
    role = body.word("role", ROLES, {})
    said: Role | UnsetType | None = (role[0] if role else None) if body.was_sent("role") else UNSET
    logins = body.texts("logins", limit=LOGINS_LIMIT, item_limit=LOGIN_LIMIT) if body.was_sent("logins") else None
    read = PersonChangeIn(role=said, teams=_read_teams(body), version=_read_version(body), logins=logins)
    has_roles = said is not UNSET or bool(read.teams)
    if logins is None and not has_roles:
        body.fault("role", "should be provided, or teams, or logins")
    if logins is not None and has_roles:
        body.fault("logins", "should be sent without role and teams: each is a change of its own")
    refuse_faults(faults)
    return read


def _read_teams(body: Reader) -> dict[str, Role | None]:
    if not body.has("teams"):
        return {}
    members = body.members("teams")
    if len(members) > TEAMS_LIMIT:
        body.fault("teams", f"should have at most {TEAMS_LIMIT} teams")
        return {}
    return {team.strip(): _read_role_in(body, team, value) for team, value in members.items()}


def _read_role_in(body: Reader, team: str, value: Any) -> Role | None:
    place = f"teams.{team[:SHOWN_OF_A_NAME]}"
    if not 0 < len(team.strip()) <= TEAM_LIMIT:
        body.fault(place, f"should be the name of a team, with 1 to {TEAM_LIMIT} characters")
    elif (unstorable := find_unstorable(team)) is not None:
        body.fault(place, f"should not contain {unstorable}")
    if value is None:
        return None
    role = ROLES.get(value.strip().lower()) if type(value) is str else None
    if role is None:
        body.fault(place, f"should be one of {', '.join(ROLES)}, or null")
    return role


def _read_version(body: Reader) -> int:
    value = body.raw("version")
    if value is None:
        return 0
    if type(value) is not int or not 0 < value <= _GREATEST_VERSION:
        body.fault("version", _SHOULD_BE_A_VERSION)
        return 0
    return value
