"""The part of the OpenAPI page that describes people."""

from __future__ import annotations

from typing import Any

from shipledger.access.people.members import TEAM_LIMIT
from shipledger.access.people.membership.logins import LOGIN_LIMIT, LOGINS_LIMIT
from shipledger.access.people.person import EMAIL_LIMIT
from shipledger.protocols.native import listing, people
from shipledger.protocols.native.describing import BODY_ERRORS, ID, body, choice, operation, paging, query, text
from shipledger.protocols.native.people_bodies import NAME_TEXT_LIMIT, ROLES, TEAMS_LIMIT
from shipledger.protocols.native.people_wire import InvitedOut, PasswordLinkOut, PeoplePageOut, PersonOut

_VERSION = {"type": "integer", "minimum": 1, "maximum": people.GREATEST_VERSION}
_ROLE = {"type": "string", "enum": [*ROLES]}


def people_paths() -> dict[str, Any]:
    """The operations on people. They take the right `administer`, which no token has unless it was given expressly."""
    pages = paging(listing.DEFAULT_LIMIT, listing.MAX_LIMIT)
    filters = (
        choice("role", ROLES, "With this role in the organization."),
        query("team", "With a role in this team, ignoring case."),
        choice("state", people.STATES, "Whose account is so."),
    )
    page = "A page, by address. `next_cursor` and `Link` lead to the next one."
    return {
        people.PATH: {
            "get": operation(
                "List people", {200: (page, PeoplePageOut)}, errors=(422,), parameters=(*filters, *pages), is_table=True
            ),
            "post": {
                **operation(
                    "Invite somebody",
                    {
                        201: ("The person, and the link that sets their password.", InvitedOut),
                        200: ("The person, who belongs to the organization already. Nothing was changed.", InvitedOut),
                    },
                    errors=(*BODY_ERRORS, 409),
                ),
                "requestBody": body(_invitation()),
            },
        },
        f"{people.PATH}/{{id}}": {
            "get": operation("Show somebody", {200: ("The person.", PersonOut)}, errors=(404,), parameters=(ID,)),
            "patch": {
                **operation(
                    "Give and take roles, or say what senders call somebody",
                    {200: ("The person after this change.", PersonOut)},
                    errors=(*BODY_ERRORS, 404, 409),
                    parameters=(ID,),
                ),
                "requestBody": body(_change()),
            },
            "delete": operation(
                "Remove somebody from the organization",
                {204: ("The account stays; it no longer belongs to the organization.",)},
                errors=(404, 409, 422),
                parameters=(ID, {"name": "version", "in": "query", "description": _EXPECTED, "schema": _VERSION}),
            ),
        },
        f"{people.PATH}/{{id}}/link": {
            "post": operation(
                "Make a link that sets another password",
                {201: ("The link, which is shown once. Earlier ones no longer open.", PasswordLinkOut)},
                errors=(404, 409),
                parameters=(ID,),
            )
        },
    }


_EXPECTED = "The version that you have seen: 409 if somebody has changed the person since."


def _invitation() -> dict[str, Any]:
    teams = {"type": "object", "maxProperties": TEAMS_LIMIT, "additionalProperties": _ROLE}
    return {
        "type": "object",
        "required": ["email"],
        "additionalProperties": False,
        "properties": {
            "email": {**text(EMAIL_LIMIT, is_required=True), "format": "email"},
            "name": text(NAME_TEXT_LIMIT, "Shown to others; by default the address."),
            "role": {**_ROLE, "description": "In the organization. A person needs this, or a role in a team."},
            "teams": {**teams, "description": "Roles in teams, by the names of these."},
        },
    }


def _change() -> dict[str, Any]:
    given = {"anyOf": [_ROLE, {"type": "null"}]}
    teams = {"type": "object", "maxProperties": TEAMS_LIMIT, "additionalProperties": given}
    names = {"propertyNames": {"type": "string", "minLength": 1, "maxLength": TEAM_LIMIT}}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "role": {**given, "description": "In the organization; null for roles in teams alone."},
            "teams": {**teams, **names, "description": "Roles in teams; null takes one away. Other teams stay."},
            "version": {**_VERSION, "description": _EXPECTED},
            "logins": {
                "type": "array",
                "maxItems": LOGINS_LIMIT,
                "items": text(LOGIN_LIMIT, is_required=True),
                "description": "All that senders call the person, besides the address; sent without role and teams.",
            },
        },
    }
