"""The part of the OpenAPI page that describes this API."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from shipledger.protocols.native import bodies
from shipledger.protocols.native.faults import MEDIA_TYPE
from shipledger.protocols.native.vocabulary import PREFIX, STATES, TIERS
from shipledger.protocols.native.wire import DeploymentOut, ProblemOut, RequestOut

SECURITY = "LedgerToken"
TAG = "Shipledger"

_ERRORS = {
    400: "The body is not valid JSON.",
    401: "The token is missing or not valid.",
    403: "The token lacks the right.",
    404: "Not found in the organization of the token.",
    409: "The request was rejected; `detail` says why.",
    408: "The body came too slowly.",
    413: "The body is larger than 1 MiB.",
    415: "The content type is not JSON.",
    422: "The body has invalid members; `errors` lists them.",
    429: "The token has exceeded its limit.",
    503: "Nothing was recorded; the same request may succeed later.",
}
_ALWAYS = (401, 403, 429, 503)
_STORABLE = r"^[^\u0000\ud800-\udfff]*$"
_SPEAKING = r"^[^\u0000\ud800-\udfff]*\S[^\u0000\ud800-\udfff]*$"


def security_schemes() -> dict[str, Any]:
    """How a caller proves itself."""
    description = "A token made by `shipledger credential create native --name NAME`."
    return {SECURITY: {"type": "http", "scheme": "bearer", "description": description}}


def paths() -> dict[str, Any]:
    """The operations."""
    record = _operation(
        "Record a deployment",
        {
            201: ("The new deployment, and the verdict.", DeploymentOut),
            200: ("A deployment that was known, after this report, and the verdict.", DeploymentOut),
            202: ("Stored, but not settled yet: poll `Location` for the verdict.", RequestOut),
        },
        errors=(400, 408, 409, 413, 415, 422),
    )
    return {
        f"{PREFIX}/deployments": {
            "post": {
                **record,
                "description": "The same `external_id`, `service` and `environment` mean the same deployment: a later report "
                "updates its state. A report that starts after the deployment ended is a new run with its own id.",
                "requestBody": {"required": True, "content": {"application/json": {"schema": _deployment()}}},
            }
        },
        f"{PREFIX}/deployments/{{id}}": {
            "get": _operation(
                "A deployment", {200: ("The deployment, whichever API recorded it.", DeploymentOut)}, errors=(404,), is_one=True
            )
        },
        f"{PREFIX}/requests/{{id}}": {
            "get": _operation(
                "Get the outcome of a request",
                {200: ("Its state and, once settled, a verdict for each item.", RequestOut)},
                errors=(404,),
                is_one=True,
            )
        },
    }


def _operation(
    summary: str, answers: dict[int, tuple[str, type]], *, errors: tuple[int, ...], is_one: bool = False
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "tags": [TAG],
        "summary": summary,
        "security": [{SECURITY: []}],
        "responses": {
            **{str(status): _response(text, body, "application/json") for status, (text, body) in answers.items()},
            **{str(status): _response(_ERRORS[status], ProblemOut, MEDIA_TYPE) for status in sorted((*errors, *_ALWAYS))},
        },
    }
    if is_one:
        schema = {"type": "string", "minLength": 1}
        operation["parameters"] = [{"name": "id", "in": "path", "required": True, "schema": schema}]
    return operation


def _deployment() -> dict[str, Any]:
    moment = {"type": "string", "format": "date-time"}
    release = {
        "type": "object",
        "required": ["repository", "commit"],
        "properties": {
            "repository": {
                "type": "string",
                "pattern": r"^(https://)?[a-z]+(\.[a-z]+)+/[A-Za-z0-9_-]+/[A-Za-z0-9_-]+$",
                "description": "A clone URL in any form, or host/owner/name. Stored as host/owner/name.",
            },
            "commit": _text(bodies.NAME_LIMIT, is_required=True),
        },
    }
    return {
        "type": "object",
        "required": ["environment", "state"],
        "anyOf": [{"required": ["service"]}, {"required": ["releases"]}],
        "properties": {
            "external_id": _text(bodies.ID_LIMIT, "The sender's identifier, such as a pipeline run."),
            "service": _text(bodies.NAME_LIMIT, is_required=True),
            "environment": _text(bodies.NAME_LIMIT, is_required=True),
            "environment_name": _text(bodies.NAME_LIMIT, "Display name."),
            "tier": {"type": "string", "enum": list(TIERS), "description": "If absent, derived from the environment's name."},
            "state": {"type": "string", "enum": list(STATES)},
            "started_at": moment,
            "finished_at": {**moment, "description": "Only with a final state. If absent, the time of arrival."},
            "job_started_at": {
                **moment,
                "description": "Start of the reporting CI job. Used as the start if no report has one.",
            },
            "version": _text(bodies.NAME_LIMIT),
            "releases": {"type": "array", "minItems": 1, "maxItems": bodies.RELEASES_LIMIT, "items": release},
            "actor": _text(bodies.NAME_LIMIT, "Who deployed."),
            "title": _text(bodies.TITLE_LIMIT),
            "description": _text(bodies.TEXT_LIMIT),
            "url": _text(bodies.LINK_LIMIT, "Link to it, such as the CI run."),
            "ci": _text(bodies.NAME_LIMIT, "The CI system that ran it."),
            "run": _text(bodies.ID_LIMIT, "The run of the CI system."),
            "attempt": _text(bodies.NAME_LIMIT, "Which attempt of the run."),
            "job": _text(bodies.ID_LIMIT, "The job that reports."),
        },
    }


def _text(limit: int, description: str = "", *, is_required: bool = False) -> dict[str, Any]:
    pattern = {"pattern": _SPEAKING, "minLength": 1} if is_required else {"pattern": _STORABLE}
    schema = {"type": "string", "maxLength": limit, **pattern}
    return {**schema, "description": description} if description else schema


def _response(description: str, body: type, media_type: str) -> dict[str, Any]:
    return {"description": description, "content": {media_type: {"schema": _written(body)}}}


@cache
def _written(body: type) -> dict[str, Any]:
    (schema,), components = msgspec.json.schema_components([body], ref_template="#/$defs/{name}")
    written: dict[str, Any] = _resolve(schema, components)
    return written


def _resolve(schema: Any, components: dict[str, Any]) -> Any:
    """``schema`` with every reference replaced by what it names: the page holds all schemas in place."""
    if isinstance(schema, list):
        return [_resolve(item, components) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _resolve(components[schema["$ref"].rpartition("/")[2]], components)
    return {name: _resolve(item, components) for name, item in schema.items()}
