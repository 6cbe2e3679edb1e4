"""The part of the OpenAPI page that describes incidents."""

from __future__ import annotations

from typing import Any

from shipledger.protocols.opsgenie import incident_bodies as bodies
from shipledger.protocols.opsgenie import incident_wire as wire
from shipledger.protocols.opsgenie import schemas
from shipledger.protocols.opsgenie.bodies import NAME_LIMIT, TEXT_LIMIT
from shipledger.protocols.opsgenie.incident_parameters import DIRECTIONS, ORDERS, SORTS
from shipledger.protocols.opsgenie.incident_query import FIELDS
from shipledger.protocols.opsgenie.incident_records import ALERT_LISTS
from shipledger.protocols.opsgenie.incident_words import IDENTIFIER_TYPES, PRIORITIES, RESPONDER_NAMES, RESPONDER_TYPES
from shipledger.protocols.opsgenie.openapi_parts import page_parameters, path_text, query_parameter, read, remove, write
from shipledger.protocols.opsgenie.schemas import Schema

PATH = "/v1/incidents"

_NOTE = schemas.text(bodies.NOTE_LIMIT)
_DETAILS: Schema = {
    "type": "object",
    "maxProperties": bodies.DETAILS_LIMIT,
    "propertyNames": schemas.required_text(NAME_LIMIT),
    "additionalProperties": {"type": "string", "maxLength": TEXT_LIMIT, "pattern": schemas.STORABLE},
}
_RESPONDER: Schema = {
    **schemas.members(
        ("type",), {"type": schemas.choice(RESPONDER_TYPES), **{name: schemas.text(NAME_LIMIT) for name in RESPONDER_NAMES}}
    ),
    "anyOf": [schemas.members((name,), {name: schemas.required_text(NAME_LIMIT)}) for name in RESPONDER_NAMES],
}


def _names(limit: int, *, minimum: int = 0) -> Schema:
    return {"type": "array", "items": schemas.required_text(NAME_LIMIT), "minItems": minimum, "maxItems": limit}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_SERVICES = _names(bodies.SERVICES_LIMIT)
_CREATE: Schema = {
    **schemas.members(
        ("message",),
        {
            "message": schemas.required_text(bodies.MESSAGE_LIMIT),
            "serviceId": schemas.text(NAME_LIMIT),
            "impactedServices": _or_null(_SERVICES),
            "description": schemas.text(TEXT_LIMIT),
            "priority": schemas.optional_choice((*PRIORITIES, "")),
            "tags": _or_null(_names(bodies.TAGS_LIMIT)),
            "details": _or_null(_DETAILS),
            "responders": _or_null({"type": "array", "items": _RESPONDER, "maxItems": bodies.RESPONDERS_LIMIT}),
            "note": _NOTE,
        },
    ),
    "anyOf": [
        schemas.members(("serviceId",), {"serviceId": schemas.required_text(NAME_LIMIT)}),
        schemas.members(("impactedServices",), {"impactedServices": _names(bodies.SERVICES_LIMIT, minimum=1)}),
    ],
}
_ACTION = schemas.members((), {"note": _NOTE})
_ADD_NOTE = schemas.members(("note",), {"note": schemas.required_text(bodies.NOTE_LIMIT)})
_TAGS = schemas.members(("tags",), {"tags": _names(bodies.TAGS_LIMIT, minimum=1), "note": _NOTE})
_ADD_DETAILS = schemas.members(("details",), {"details": _DETAILS, "note": _NOTE})
_RESPONDERS = schemas.members(
    ("responders",),
    {
        "responders": {"type": "array", "items": _RESPONDER, "minItems": 1, "maxItems": bodies.RESPONDERS_LIMIT},
        "note": _NOTE,
    },
)
_MESSAGE = schemas.members(("message",), {"message": schemas.required_text(bodies.MESSAGE_LIMIT)})
_DESCRIPTION = schemas.members(("description",), {"description": {**schemas.text(TEXT_LIMIT), "type": "string"}})
_PRIORITY = schemas.members(("priority",), {"priority": schemas.choice(PRIORITIES)})


def paths() -> dict[str, Any]:
    """Every operation."""
    one, incident = f"{PATH}/{{id}}", _incident()
    request_id = {"name": "requestId", "in": "path", "required": True, "schema": path_text()}
    described = "404 with the header `X-Opsgenie-Errortype: RequestNotProcessed` until it is processed."
    pages = schemas.enveloped(wire.IncidentPageOut)
    notes, log = schemas.enveloped(wire.NotePageOut), schemas.enveloped(wire.LogPageOut)
    status = schemas.data_of(wire.IncidentStatusOut)
    return {
        PATH: {"get": read("Incidents", pages, parameters=_list(), errors=(422,))},
        f"{PATH}/create": {"post": write("Create an incident", _CREATE)},
        f"{PATH}/requests/{{requestId}}": {
            "get": read(
                "Get the outcome of a write about an incident",
                status,
                parameters=[request_id],
                errors=(404,),
                description=described,
            )
        },
        one: {
            "get": read("Get an incident", schemas.data_of(wire.IncidentOut), parameters=incident, errors=(404, 422)),
            "delete": remove("Delete an incident", parameters=incident),
        },
        f"{one}/close": {"post": _act("Close an incident")},
        f"{one}/resolve": {"post": _act("Resolve an incident")},
        f"{one}/reopen": {"post": _act("Reopen an incident")},
        f"{one}/notes": {
            "get": read("List the notes of an incident", notes, parameters=[*incident, *_record_page()], errors=(404, 422)),
            "post": write("Add a note to an incident", _ADD_NOTE, parameters=incident),
        },
        f"{one}/tags": {
            "post": write("Add tags to an incident", _TAGS, parameters=incident),
            "delete": remove("Remove tags from an incident", parameters=[*incident, *_taken("tags")]),
        },
        f"{one}/details": {
            "post": write("Add details to an incident", _ADD_DETAILS, parameters=incident),
            "delete": remove("Remove details from an incident", parameters=[*incident, *_taken("keys")]),
        },
        f"{one}/responders": {"post": write("Add responders to an incident", _RESPONDERS, parameters=incident)},
        f"{one}/logs": {
            "get": read("List the log of an incident", log, parameters=[*incident, *_record_page()], errors=(404, 422))
        },
        **{
            f"{one}/{last}": {
                "get": read(
                    f"List the {last.replace('-', ' ')} of an incident",
                    schemas.data_of(list[str]),
                    parameters=[*incident, *_record_page()],
                    errors=(404, 422),
                    description="Always empty: there are no alerts.",
                )
            }
            for last in ALERT_LISTS
        },
        **{
            f"{one}/{last}": {
                method: write(f"Change the {last} of an incident", body, parameters=incident) for method in ("post", "put")
            }
            for last, body in (("message", _MESSAGE), ("description", _DESCRIPTION), ("priority", _PRIORITY))
        },
    }


def _act(summary: str) -> Schema:
    operation = write(summary, _ACTION, parameters=_incident())
    return {**operation, "requestBody": {**operation["requestBody"], "required": False}}


def _incident() -> list[Schema]:
    kinds = schemas.choice(IDENTIFIER_TYPES)
    return [
        {"name": "id", "in": "path", "required": True, "schema": path_text()},
        query_parameter("identifierType", kinds, "Kind of identifier: the id or the tiny id."),
    ]


def _taken(name: str) -> list[Schema]:
    names = {"type": "array", "items": {"type": "string", "pattern": schemas.STORABLE}}
    some = {**names, "minItems": 1, "contains": {"pattern": r"[^\s,]"}}
    note = {"type": "string", "maxLength": bodies.NOTE_LIMIT, "pattern": schemas.STORABLE}
    return [
        query_parameter(name, some, "Repeated, or separated by commas.", is_required=True),
        query_parameter("note", note, "A note about it."),
    ]


def _page() -> list[Schema]:
    return [query_parameter("order", schemas.choice(ORDERS), "Default: `desc`."), *page_parameters("offset")]


def _record_page() -> list[Schema]:
    return [*_page(), query_parameter("direction", schemas.choice(DIRECTIONS), "`prev`: those before the offset.")]


def _list() -> list[Schema]:
    fields = ", ".join(f"`{name}`" for name in FIELDS)
    language = (
        f"Conditions such as `status: open` joined by `AND`, `OR`, `NOT` and parentheses. The fields are {fields}. Numbers and"
        " times are compared by `<`, `<=`, `>` and `>=`, too. A value may stand in quotation marks, end in `*`, or be a list"
        " such as `(lorem OR ipsum)`."
    )
    query = {
        "type": "string",
        "pattern": schemas.STORABLE,
        "examples": ["status:open", "priority: (P1 OR P2) AND createdAt>1583316000000 AND NOT tag: test*"],
    }
    return [
        query_parameter("query", query, language),
        query_parameter("sort", schemas.choice(SORTS), "Default: `createdAt`."),
        *_page(),
    ]
