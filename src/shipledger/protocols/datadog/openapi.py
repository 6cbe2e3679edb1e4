"""The part of the OpenAPI page that describes this API: in short, with a word on where the whole is."""

from __future__ import annotations

from typing import Any

API_KEY = "DatadogApiKey"
APPLICATION_KEY = "DatadogApplicationKey"
TAG = "Datadog"
DELETE_A_FAILURE = "Delete a failure"
DORA = "/api/v2/dora"

_TEXT = {"type": "string"}
_OBJECT: dict[str, Any] = {"type": "object"}
_TIME = {"type": "integer", "description": "A Unix time in nanoseconds, milliseconds or seconds."}
_CREATE: list[dict[str, list[str]]] = [{API_KEY: []}]
_BOTH: list[dict[str, list[str]]] = [{API_KEY: [], APPLICATION_KEY: []}]
_FAILURE_ID = {"name": "failure_id", "in": "path", "required": True, "schema": _TEXT}
_ID = {"name": "deployment_id", "in": "path", "required": True, "schema": _TEXT}
_MEDIA_TYPE = "application/vnd.api+json"


def security_schemes() -> dict[str, Any]:
    """How a caller proves itself."""
    made = "Created by `shipledger credential create datadog --name NAME`."
    return {
        API_KEY: {"type": "apiKey", "in": "header", "name": "DD-API-KEY", "description": made},
        APPLICATION_KEY: {"type": "apiKey", "in": "header", "name": "DD-APPLICATION-KEY", "description": made},
    }


def paths() -> dict[str, Any]:
    """Every operation."""
    by_id = {
        "get": _operation("Get a deployment", 200, _BOTH, parameters=[_ID], errors=(403, 404, 429)),
        "patch": _operation("Mark a deployment", 202, _BOTH, parameters=[_ID], body=_OBJECT),
        "delete": _operation("Delete a deployment", 202, _BOTH, parameters=[_ID], errors=(400, 403, 429)),
    }
    return {
        f"{DORA}/deployment": {"post": _operation("Create a deployment", 200, _CREATE, body=_deployment())},
        f"{DORA}/deployments": {
            "post": _operation(
                "List deployments", 200, _BOTH, body=_list("dora_deployments_list_request"), errors=(400, 403, 429)
            ),
            "patch": _operation("Mark the deployment of a version", 202, _BOTH, body=_OBJECT),
        },
        f"{DORA}/deployment/{{deployment_id}}": by_id,
        f"{DORA}/deployments/{{deployment_id}}": by_id,
        **_failure_paths(),
        "/api/v1/validate": {"get": _operation("Check an API key", 200, _CREATE, errors=(403,), media="application/json")},
    }


def _failure_paths() -> dict[str, Any]:
    by_id = {
        "get": _operation("Get a failure", 200, _BOTH, parameters=[_FAILURE_ID], errors=(403, 404, 429)),
        "delete": _operation(DELETE_A_FAILURE, 202, _BOTH, parameters=[_FAILURE_ID], errors=(400, 403, 429)),
    }
    create = {"post": _operation("Create a failure", 200, _CREATE, body=_failure(), errors=(400, 403, 429))}
    listing = {"post": _operation("List failures", 200, _BOTH, body=_list("dora_failures_list_request"), errors=(400, 403, 429))}
    words = ("failure", "failures", "incident", "incidents")
    return {
        f"{DORA}/failure": create,
        f"{DORA}/incident": {"post": {**create["post"], "deprecated": True}},
        f"{DORA}/failures": listing,
        f"{DORA}/incidents": listing,
        **{f"{DORA}/{word}/{{failure_id}}": by_id for word in words},
    }


def _failure() -> dict[str, Any]:
    texts = dict.fromkeys(("env", "team", "version", "name", "severity"), _TEXT)
    properties = {
        "services": {"type": "array", "items": _TEXT, "maxItems": 100},
        "started_at": _TIME,
        "finished_at": _TIME,
        "id": {**_TEXT, "pattern": "^[A-Za-z0-9_.:-]{16,128}$"},
        "custom_tags": {"type": ["array", "null"], "items": _TEXT, "maxItems": 100},
        **texts,
    }
    return _data({"attributes": {"type": "object", "required": ["started_at"], "properties": properties}})


def _deployment() -> dict[str, Any]:
    attributes = {
        "type": "object",
        "required": ["service", "started_at", "finished_at"],
        "properties": {
            "service": {**_TEXT, "minLength": 1, "maxLength": 512},
            "started_at": _TIME,
            "finished_at": _TIME,
            "env": _TEXT,
            "id": {**_TEXT, "pattern": "^[A-Za-z0-9_.:-]{16,128}$"},
            "team": _TEXT,
            "version": _TEXT,
            "custom_tags": {"type": ["array", "null"], "items": _TEXT, "maxItems": 100},
            "git": {
                "type": "object",
                "required": ["repository_url", "commit_sha"],
                "properties": {"repository_url": _TEXT, "commit_sha": {**_TEXT, "pattern": "^[a-fA-F0-9]{40,64}$"}},
            },
        },
    }
    return _data({"attributes": attributes})


def _list(type_: str) -> dict[str, Any]:
    attributes = {
        "type": "object",
        "properties": {
            "from": {**_TEXT, "format": "date-time"},
            "to": {**_TEXT, "format": "date-time"},
            "limit": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 10},
            "query": {**_TEXT, "maxLength": 2048},
            "sort": {**_TEXT, "default": "-started_at"},
        },
    }
    return _data({"attributes": attributes, "type": {"const": type_}})


def _data(properties: dict[str, Any]) -> dict[str, Any]:
    data = {"type": "object", "required": list(properties), "properties": properties}
    return {"type": "object", "required": ["data"], "properties": {"data": data}}


def _operation(
    summary: str,
    status: int,
    security: list[dict[str, list[str]]],
    *,
    body: dict[str, Any] | None = None,
    parameters: list[dict[str, Any]] | None = None,
    errors: tuple[int, ...] = (400, 403, 404, 429),
    media: str = _MEDIA_TYPE,
) -> dict[str, Any]:
    has_content = summary not in ("Delete a deployment", DELETE_A_FAILURE)
    answer: dict[str, Any] = {"description": "Done."}
    if has_content:
        answer["content"] = {media: {"schema": _OBJECT}}
    failed = {"content": {media: {"schema": _OBJECT}}}
    operation: dict[str, Any] = {
        "tags": [TAG],
        "summary": summary,
        "security": security,
        "responses": {
            str(status): answer,
            **{
                str(error): {"description": _ERRORS[error], **failed}
                for error in (*errors, *((415,) if body is not None else ()), 503)
            },
        },
    }
    if summary in ("Create a deployment", "Create a failure"):
        operation["responses"].pop("404", None)
        operation["responses"]["202"] = answer
    if body is not None:
        operation["responses"]["408"] = {"description": _ERRORS[408], **failed}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    if parameters:
        operation["parameters"] = parameters
    return operation


_ERRORS = {
    400: "The request is invalid; `errors` lists the reasons.",
    403: "A key is missing or not valid, or lacks the permission.",
    404: "There is no such deployment.",
    408: "The body came too slowly.",
    415: "The content encoding is not supported.",
    429: "The key has exceeded its limit.",
    503: "Nothing was recorded; the same request may succeed later.",
}
