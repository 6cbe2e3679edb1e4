"""JSON schemas of bodies: of those that are read, by hand, as the reader is tolerant; of those that are written, from wire.py."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from shipledger.protocols.opsgenie import bodies
from shipledger.protocols.opsgenie.vocabulary import RELEASE_TYPES, STATES, TIERS, VISIBILITIES, WORKSPACE_TYPES

Schema = dict[str, Any]

STORABLE = r"^[^\u0000]*$"
_REF_PREFIX = "#/"


def text(limit: int) -> Schema:
    """A string that may be left out, null or empty."""
    return {"type": ["string", "null"], "maxLength": limit, "pattern": STORABLE}


def required_text(limit: int) -> Schema:
    """A string that is not empty."""
    return {"type": "string", "minLength": 1, "maxLength": limit, "pattern": STORABLE}


def choice(words: tuple[str, ...] | dict[str, Any]) -> Schema:
    """One of the words."""
    return {"type": "string", "enum": list(words)}


def optional_choice(words: tuple[str, ...] | dict[str, Any]) -> Schema:
    """One of the words, or null."""
    return {"type": ["string", "null"], "enum": [*words, None]}


def members(required: tuple[str, ...], properties: dict[str, Schema]) -> Schema:
    """An object; members that are not named are ignored."""
    schema: Schema = {"type": "object", "properties": properties}
    return {**schema, "required": list(required)} if required else schema


TIME: Schema = {"type": "string", "format": "date-time", "examples": ["2020-03-26T14:05:07.594Z"]}
SET_TIME: Schema = {**TIME, "not": {"pattern": "^0001-01-01"}, "description": "Not the zero time, which means absent."}
OPTIONAL_TIME: Schema = {"anyOf": [TIME, {"const": ""}, {"type": "null"}]}

_WORKSPACE: Schema = {
    "anyOf": [
        required_text(bodies.NAME_LIMIT),
        members(("identifier",), {"identifier": required_text(bodies.NAME_LIMIT), "type": optional_choice(WORKSPACE_TYPES)}),
    ]
}
_RELEASE = members(
    ("repository", "commit"),
    {
        "type": optional_choice(RELEASE_TYPES),
        "repository": members(("workspace", "repoSlug"), {"workspace": _WORKSPACE, "repoSlug": required_text(bodies.NAME_LIMIT)}),
        "commit": members(("sha",), {"sha": required_text(bodies.SHA_LIMIT)}),
    },
)
_ENVIRONMENT = members(
    ("type", "id"),
    {"type": choice(TIERS), "id": required_text(bodies.NAME_LIMIT), "displayName": text(bodies.NAME_LIMIT)},
)
_LINK: Schema = {**text(bodies.LINK_LIMIT), "description": "Link to the deployment in the tool that deploys."}
_REFERENCE: Schema = {
    **text(bodies.LINK_LIMIT),
    "description": "Alias of externalLink; if both are sent, externalLink wins.",
}

CREATE = members(
    ("state", "environment", "startedAt", "releases"),
    {
        "state": choice(STATES),
        "environment": _ENVIRONMENT,
        "startedAt": SET_TIME,
        "completedAt": OPTIONAL_TIME,
        "message": text(bodies.TEXT_LIMIT),
        "externalId": text(bodies.NAME_LIMIT),
        "description": text(bodies.TEXT_LIMIT),
        "externalLink": _LINK,
        "reference": _REFERENCE,
        "releases": {"type": "array", "items": _RELEASE, "minItems": 1, "maxItems": bodies.RELEASES_LIMIT},
    },
)
UPDATE_STATE = members(("state", "completedAt"), {"state": choice(STATES), "completedAt": TIME})
UPDATE: Schema = {
    **members(
        (),
        {
            "externalLink": _LINK,
            "reference": _REFERENCE,
            "description": text(bodies.TEXT_LIMIT),
            "message": text(bodies.TEXT_LIMIT),
            "externalId": text(bodies.NAME_LIMIT),
            "startedAt": {"anyOf": [SET_TIME, {"type": "null"}]},
        },
    ),
    "anyOf": [{"required": [name], "properties": {name: {"not": {"type": "null"}}}} for name in (*bodies.UPDATABLE, "reference")],
}
_SERVICE_MEMBERS: dict[str, Schema] = {
    "name": required_text(bodies.SERVICE_NAME_LIMIT),
    "teamId": text(bodies.NAME_LIMIT),
    "description": text(bodies.SERVICE_DESCRIPTION_LIMIT),
    "tags": {"type": ["array", "null"], "items": required_text(bodies.NAME_LIMIT), "maxItems": bodies.TAGS_LIMIT},
    "visibility": optional_choice(VISIBILITIES),
}
CREATE_SERVICE = members(("name",), _SERVICE_MEMBERS)
UPDATE_SERVICE = members((), {**_SERVICE_MEMBERS, "name": {**_SERVICE_MEMBERS["name"], "type": ["string", "null"]}})


def written(kind: Any) -> Schema:
    """The schema of a type of wire.py, without references."""
    (schema,), components = msgspec.json.schema_components([kind], ref_template=_REF_PREFIX + "{name}")
    resolved: Schema = _resolve(schema, components)
    return resolved


@cache  # nine of ten answers are one of a few types, and msgspec takes a millisecond for each
def enveloped(kind: Any) -> Schema:
    """The schema of an answer: that of a type of wire.py, and what every answer has. It is for reading: others get the same."""
    schema = written(kind)
    return {
        **schema,
        "properties": {
            **schema["properties"],
            "took": {"type": "number", "exclusiveMinimum": 0, "description": "Seconds."},
            "requestId": {"type": "string", "format": "uuid", "description": "Equal to the header X-Request-Id."},
        },
        "required": [*schema.get("required", []), "took", "requestId"],
    }


@cache
def data_of(kind: Any) -> Schema:
    """The schema of an answer whose member ``data`` is ``kind``."""
    return enveloped(msgspec.defstruct("Data", [("data", kind)]))


def _resolve(schema: Any, components: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_resolve(item, components) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _resolve(components[schema["$ref"].removeprefix(_REF_PREFIX)], components)
    return {name: _resolve(value, components) for name, value in schema.items() if name != "title"}
