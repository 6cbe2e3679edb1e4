"""The part of the OpenAPI page that describes the Opsgenie protocol."""

from __future__ import annotations

from typing import Any

from shipledger.protocols.opsgenie import schemas, wire
from shipledger.protocols.opsgenie.parameters import DEFAULT_LIMIT, MAX_ITEMS, MAX_LIMIT, MAX_OFFSET
from shipledger.protocols.opsgenie.schemas import Schema
from shipledger.protocols.opsgenie.vocabulary import IDENTIFIER_TYPES

SECURITY = "GenieKey"
TAG = "Opsgenie"

_ERRORS: dict[int, str] = {
    400: "The body is not valid JSON.",
    401: "The key is missing or not valid.",
    403: "The key is of another kind, or lacks a right.",
    404: "There is no such thing in the organization of the key.",
    409: "The name is taken.",
    413: "The body is larger than 1 MiB.",
    415: "The body is not said to be JSON.",
    422: "The body or a parameter has wrong members; `errors` names each.",
    429: "The key has exceeded its limit.",
    503: "Nothing was recorded; the same request may succeed later.",
}
_LIST = f"Repeated, or separated by commas; empty items do not count. At most {MAX_ITEMS}."
_ALWAYS = (401, 403, 429, 503)
_WITH_BODY = (400, 413, 415, 422)


def security_schemes() -> dict[str, Any]:
    """How a caller proves itself."""
    return {
        SECURITY: {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`GenieKey <key>`, with a key made by `shipledger credential create opsgenie --name NAME`.",
        }
    }


def paths() -> dict[str, Any]:
    """Every operation."""
    deployments = "/v2/deployments"
    update_state = _write("Update the state of a deployment", schemas.UPDATE_STATE, parameters=_identifier())
    service = {"name": "id", "in": "path", "required": True, "schema": _path_text()}
    return {
        deployments: {"post": _write("Create a deployment", schemas.CREATE)},
        f"{deployments}/requests/{{requestId}}": {
            "get": _read(
                "What became of a write",
                schemas.data_of(wire.RequestStatusOut),
                parameters=[{"name": "requestId", "in": "path", "required": True, "schema": _path_text()}],
                errors=(404,),
                description="404 with the header `X-Opsgenie-Errortype: RequestNotProcessed` until it is processed.",
            )
        },
        f"{deployments}/search": {
            "get": _read(
                "Deployments of services", schemas.data_of(list[wire.FoundDeploymentOut]), parameters=_search(), errors=(422,)
            )
        },
        f"{deployments}/{{identifier}}": {
            "get": _read("A deployment", schemas.data_of(wire.DeploymentOut), parameters=_identifier(), errors=(404, 422))
        },
        f"{deployments}/{{identifier}}/updateState": {
            "patch": update_state,
            "put": {**update_state, "summary": "Update the state of a deployment, as the Go client does"},
        },
        f"{deployments}/{{identifier}}/update": {
            "patch": _write("Update a deployment", schemas.UPDATE, parameters=_identifier(types=("id", "api")))
        },
        "/v1/services": {
            "get": _read("Services", schemas.enveloped(wire.ServicePageOut), parameters=_page("offset"), errors=(422,)),
            "post": _change("Create a service", 201, schemas.CREATE_SERVICE, errors=(409,)),
        },
        "/v1/services/{id}": {
            "get": _read("A service", schemas.data_of(wire.ServiceOut), parameters=[service], errors=(404,)),
            "patch": _change("Update a service", 200, schemas.UPDATE_SERVICE, parameters=[service], errors=(404, 409)),
            "delete": _read("Delete a service", schemas.enveloped(wire.ServiceResultOut), parameters=[service], errors=(404,)),
        },
    }


def _write(summary: str, body: Schema, *, parameters: list[Schema] | None = None) -> Schema:
    return {
        **_operation(summary, 202, schemas.enveloped(wire.AcceptedOut), errors=_WITH_BODY, parameters=parameters),
        "requestBody": _json_body(body),
        "description": "Durable when answered, processed afterwards: ask for the status of the request by `requestId`.",
    }


def _change(
    summary: str, status: int, body: Schema, *, errors: tuple[int, ...], parameters: list[Schema] | None = None
) -> Schema:
    answer = schemas.enveloped(wire.ServiceResultOut)
    return {
        **_operation(summary, status, answer, errors=(*_WITH_BODY, *errors), parameters=parameters),
        "requestBody": _json_body(body),
    }


def _read(summary: str, answer: Schema, *, parameters: list[Schema], errors: tuple[int, ...], description: str = "") -> Schema:
    operation = _operation(summary, 200, answer, errors=errors, parameters=parameters)
    return {**operation, "description": description} if description else operation


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


def _path_text() -> Schema:
    return {"type": "string", "minLength": 1, "pattern": schemas.STORABLE}


def _query(name: str, schema: Schema, description: str, *, is_required: bool = False) -> Schema:
    return {"name": name, "in": "query", "required": is_required, "schema": schema, "description": description}


def _identifier(*, types: tuple[str, ...] = IDENTIFIER_TYPES) -> list[Schema]:
    kinds = {"type": "string", "enum": list(types)}
    return [
        {"name": "identifier", "in": "path", "required": True, "schema": _path_text()},
        _query("type", kinds, "What the identifier is: the deployment id, its external id, or its Bitbucket Pipelines UUID."),
        _query("identifierType", kinds, "Another name of `type`; where both are sent, `type` wins."),
    ]


def _search() -> list[Schema]:
    names = {"type": "array", "items": {"type": "string", "pattern": schemas.STORABLE}}
    some_names = {**names, "minItems": 1, "contains": {"pattern": r"[^\s,]"}}
    moment = {"type": "string", "format": "date-time"}
    return [
        _query("serviceIds", some_names, f"{_LIST} At least one.", is_required=True),
        _query("environmentIds", names, _LIST),
        _query("startTime", moment, "Deployments that started then or later."),
        _query("endTime", moment, "Deployments that ended then or earlier; one that runs counts by its start."),
        *_page("paginationKey"),
    ]


def _page(offset: str) -> list[Schema]:
    return [
        _query(offset, {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET}, "Index of the first result."),
        _query(
            "limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}, "Most results at once."
        ),
    ]
