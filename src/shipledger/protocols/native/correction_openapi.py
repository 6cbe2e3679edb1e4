"""The part of the OpenAPI page that describes corrections."""

from __future__ import annotations

from typing import Any

from shipledger.protocols.native.bodies import NAME_LIMIT, TITLE_LIMIT
from shipledger.protocols.native.correction_bodies import SERVICES_LIMIT
from shipledger.protocols.native.correction_wire import CorrectionsOut, PreviewOut
from shipledger.protocols.native.corrections import IF_MATCH, PATH, PATH_OF_ONE
from shipledger.protocols.native.describing import BODY_ERRORS, ID, body, operation, releases, text
from shipledger.protocols.native.parameters import DRY_RUN
from shipledger.protocols.native.vocabulary import STATES
from shipledger.verbs.corrections import REASON_LIMIT

_DRY_RUN = {"name": DRY_RUN, "in": "query", "description": "Only say what would move.", "schema": {"type": "boolean"}}
_SEEN = {
    "name": IF_MATCH,
    "in": "header",
    "description": "The `ETag` that you have seen. 412 if somebody has corrected the deployment since.",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
}
_CORRECTION = {"name": "correction", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
_ALL = "All corrections of the deployment, and what was reported of the fields for which one holds."


def correction_paths() -> dict[str, Any]:
    """The operations on corrections."""
    moment = {"type": "string", "format": "date-time"}
    none = {"type": "null"}
    members = {
        "reason": text(REASON_LIMIT, "Why.", is_required=True),
        "started_at": moment,
        "finished_at": {**moment, "description": "When it first succeeded, else when it ended."},
        "state": {"type": "string", "enum": list(STATES)},
        "environment": text(NAME_LIMIT, "An id or name of an environment that deployments went to.", is_required=True),
        "services": {
            "type": "array",
            "minItems": 1,
            "maxItems": SERVICES_LIMIT,
            "items": text(NAME_LIMIT, "An id, slug or name of a service.", is_required=True),
        },
        "version": {"anyOf": [text(NAME_LIMIT), none]},
        "title": {"anyOf": [text(TITLE_LIMIT), none]},
        "releases": {"anyOf": [releases(), none]},
        "removed": {"type": "boolean", "enum": [True], "description": "It never happened."},
    }
    schema = {
        "type": "object",
        "required": ["reason"],
        "minProperties": 2,
        "properties": members,
        "additionalProperties": False,
    }
    undo = {"type": "object", "properties": {"reason": text(REASON_LIMIT, "Why.")}, "additionalProperties": False}
    preview = ("Of a dry run: what would move.", PreviewOut)
    errors = (*BODY_ERRORS, 404, 409, 412)
    return {
        PATH: {
            "get": operation(
                "List the corrections of a deployment", {200: (_ALL, CorrectionsOut)}, errors=(404, 422), parameters=(ID,)
            ),
            "post": {
                **operation(
                    "Correct a deployment by hand",
                    {200: preview, 201: (_ALL, CorrectionsOut)},
                    errors=errors,
                    parameters=(ID, _DRY_RUN, _SEEN),
                ),
                "description": "It holds whatever reports say later, until it is undone. `null` says that there is none.",
                "requestBody": body(schema),
            },
        },
        PATH_OF_ONE: {
            "delete": {
                **operation(
                    "Undo a correction",
                    {200: (_ALL, CorrectionsOut, PreviewOut)},
                    errors=errors,
                    parameters=(ID, _CORRECTION, _DRY_RUN, _SEEN),
                ),
                "description": "The correction before it holds again, else what was reported.",
                "requestBody": {**body(undo), "required": False},
            }
        },
    }
