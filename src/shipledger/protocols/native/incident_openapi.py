"""The part of the OpenAPI page that describes incidents."""

from __future__ import annotations

from typing import Any

from shipledger.protocols.native import bodies, incident_bodies, listing
from shipledger.protocols.native.describing import (
    ID,
    as_of,
    choice,
    one_or_several,
    operation,
    paging,
    query,
    recording,
    releases,
    text,
    window,
)
from shipledger.protocols.native.vocabulary import PREFIX, STATUSES, TIERS
from shipledger.protocols.native.wire import IncidentOut, IncidentPageOut, IncidentsOut


def incident_paths() -> dict[str, Any]:
    """The operations on incidents."""
    return {
        f"{PREFIX}/incidents": {
            "get": operation(
                "List incidents",
                {200: ("A page, newest start first. `next_cursor` and `Link` lead to the next one.", IncidentPageOut)},
                errors=(422,),
                parameters=(
                    *window("started_at"),
                    query("service", "The name of a service, ignoring case."),
                    query("team", "The name of a team, ignoring case."),
                    query("environment", "The id or name of an environment, ignoring case."),
                    choice("tier", TIERS),
                    choice("status", STATUSES),
                    query("severity", "As it was sent, ignoring case."),
                    query("source", "The protocol that recorded it, such as `native`."),
                    as_of(),
                    *paging(listing.DEFAULT_LIMIT, listing.MAX_LIMIT),
                ),
                is_table=True,
            ),
            "post": {
                **recording("Record an incident", "The new incident", IncidentOut, IncidentsOut),
                "description": "The same `external_id` is the same incident: send it again with `resolved_at` when it is over. "
                "A list is recorded as a whole, or refused as a whole if a member is invalid.",
                "requestBody": one_or_several(_incident()),
            },
        },
        f"{PREFIX}/incidents/{{id}}": {
            "get": operation(
                "An incident",
                {200: ("The incident, whichever API recorded it.", IncidentOut)},
                errors=(404, 422),
                parameters=(ID, as_of()),
            )
        },
    }


def _incident() -> dict[str, Any]:
    moment = {"type": "string", "format": "date-time"}
    name = text(bodies.NAME_LIMIT)
    needed = ("title", "external_id", "services", "team")
    return {
        "type": "object",
        "anyOf": [{"required": [one]} for one in needed],
        "properties": {
            "external_id": text(bodies.ID_LIMIT, "The sender's identifier of the incident.", is_required=True),
            "title": text(bodies.TITLE_LIMIT, is_required=True),
            "description": text(bodies.TEXT_LIMIT),
            "services": {
                "type": "array",
                "minItems": 1,
                "maxItems": incident_bodies.SERVICES_LIMIT,
                "items": text(bodies.NAME_LIMIT, is_required=True),
                "description": "The names of the services that are hit.",
            },
            "team": text(bodies.NAME_LIMIT, "The team that is hit or owns it.", is_required=True),
            "severity": name,
            "environment": name,
            "environment_name": text(bodies.NAME_LIMIT, "Display name."),
            "tier": {"type": "string", "enum": list(TIERS), "description": "If absent, derived from the environment's name."},
            "status": {
                "type": "string",
                "enum": list(STATUSES),
                "description": "`resolved` and `closed` end it now unless an end is given; `open` opens it again.",
            },
            "started_at": {**moment, "description": "If absent, the time of arrival."},
            "resolved_at": {**moment, "description": "When it was over."},
            "restored_at": {**moment, "description": "When service was back; counts before `resolved_at`."},
            "version": name,
            "releases": releases(),
            "tags": {"type": "array", "maxItems": incident_bodies.TAGS_LIMIT, "items": name},
        },
    }
