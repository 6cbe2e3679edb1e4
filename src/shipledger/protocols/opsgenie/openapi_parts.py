"""Of what the description of this API is made: operations, answers, bodies and parameters."""

from __future__ import annotations

from shipledger.protocols.opsgenie import schemas, wire
from shipledger.protocols.opsgenie.parameters import DEFAULT_LIMIT, MAX_LIMIT, MAX_OFFSET
from shipledger.protocols.opsgenie.schemas import Schema

SECURITY = "GenieKey"
TAG = "Opsgenie"

_ERRORS: dict[int, str] = {
    400: "The body is not valid JSON.",
    401: "The key is missing or not valid.",
    403: "The key is of another kind or lacks a right.",
    404: "Not found in the organization of the key.",
    409: "The name is taken.",
    408: "The body came too slowly.",
    413: "The body is larger than 1 MiB.",
    415: "The content type is not JSON.",
    422: "The body or a parameter is invalid; `errors` lists the members.",
    429: "The key has exceeded its limit.",
    503: "Nothing was recorded; the same request may succeed later.",
}
_ALWAYS = (401, 403, 429, 503)
_WITH_BODY = (400, 408, 413, 415, 422)


def write(summary: str, body: Schema, *, parameters: list[Schema] | None = None) -> Schema:
    """An asynchronous write."""
    return {
        **_operation(summary, 202, schemas.enveloped(wire.AcceptedOut), errors=_WITH_BODY, parameters=parameters),
        "requestBody": _json_body(body),
        "description": "Stored when answered, processed afterwards. Get the request's status by `requestId`.",
    }


def change(summary: str, status: int, body: Schema, *, errors: tuple[int, ...], parameters: list[Schema] | None = None) -> Schema:
    """A write that is done when it is answered."""
    answer = schemas.enveloped(wire.ServiceResultOut)
    return {
        **_operation(summary, status, answer, errors=(*_WITH_BODY, *errors), parameters=parameters),
        "requestBody": _json_body(body),
    }


def read(summary: str, answer: Schema, *, parameters: list[Schema], errors: tuple[int, ...], description: str = "") -> Schema:
    """An operation that answers 200, with no body of its own."""
    operation = _operation(summary, 200, answer, errors=errors, parameters=parameters)
    return {**operation, "description": description} if description else operation


def remove(summary: str, *, parameters: list[Schema]) -> Schema:
    """An asynchronous write that has no body."""
    return {
        **_operation(summary, 202, schemas.enveloped(wire.AcceptedOut), errors=(422,), parameters=parameters),
        "description": "Stored when answered, processed afterwards. Get the request's status by `requestId`.",
    }


def refusal(name: str, reason: str, *, parameters: list[Schema]) -> Schema:
    """A write that the vendor has and this server refuses, whatever is sent."""
    summary = f"Write {name.replace('-', ' ')}"
    operation = _operation(summary, 403, schemas.enveloped(wire.ErrorOut), errors=(), parameters=parameters)
    return {**operation, "description": f"Always 403, `code` 40302. {reason}"}


def ping(summary: str) -> Schema:
    """A sign of life."""
    name = {"name": "name", "in": "path", "required": True, "schema": path_text()}
    return {
        **_operation(summary, 202, schemas.enveloped(wire.PongOut), errors=(), parameters=[name]),
        "description": "Any name and any key of this API. `shipledger credential list` shows when a key was last seen.",
    }


def _operation(summary: str, status: int, answer: Schema, *, errors: tuple[int, ...], parameters: list[Schema] | None) -> Schema:
    responses = {str(status): _response("Done." if status < 202 else "Accepted.", answer)}  # noqa: PLR2004
    for error in sorted({*_ALWAYS, *errors}):
        responses[str(error)] = _response(_ERRORS[error], schemas.enveloped(wire.ErrorOut))
    return {
        "summary": summary,
        "tags": [TAG],
        "security": [{SECURITY: []}],
        "parameters": parameters or [],
        "responses": responses,
    }


def _response(description: str, schema: Schema) -> Schema:
    header = {"required": True, "schema": {"type": "string"}}
    return {
        "description": description,
        "headers": {"X-Request-Id": header, "X-Response-Time": header},
        "content": {"application/json": {"schema": schema}},
    }


def _json_body(schema: Schema) -> Schema:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def path_text() -> Schema:
    """A segment of a path."""
    return {"type": "string", "minLength": 1, "pattern": schemas.STORABLE}


def query_parameter(name: str, schema: Schema, description: str, *, is_required: bool = False) -> Schema:
    """A query parameter."""
    return {"name": name, "in": "query", "required": is_required, "schema": schema, "description": description}


def page_parameters(offset: str) -> list[Schema]:
    """Which part of a list is asked for."""
    return [
        query_parameter(offset, {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET}, "Index of the first result."),
        query_parameter(
            "limit",
            {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
            "Maximum number of results.",
        ),
    ]
