"""The part of the OpenAPI page that describes Jira's Deployments API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shipledger.protocols.jira.bulk import DEPLOYMENTS_LIMIT, PROPERTIES_LIMIT
from shipledger.protocols.jira.credentials import JENKINS_PATH, JENKINS_SERVER
from shipledger.protocols.jira.vocabulary import STATES, TIERS

BEARER = "JiraOAuth"
CONNECT = "JiraConnect"
TAG = "Jira Software"

_ERRORS = {
    400: "The whole request is invalid.",
    401: "The token is missing or not valid.",
    403: "The credential lacks the scope, or the app has no deployment module.",
    404: "Nothing is stored under the key, or the cloud id is not that of the caller's organization.",
    408: "The body came too slowly.",
    413: "The body is larger than its limit.",
    415: "The content encoding is not supported.",
    429: "The credential has exceeded its limit.",
    503: "Nothing was recorded; the same request may succeed later.",
}
_TEXT = {"type": "string", "maxLength": 255}
_ID = {"type": "string", "minLength": 1, "maxLength": 255}
_URL = {"type": "string", "format": "uri", "maxLength": 2000}
_INT64 = {"type": "integer", "format": "int64"}
_TIME = {"type": "string", "format": "date-time"}
_ERROR = {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}}


def security_schemes() -> dict[str, Any]:
    """How a caller proves itself."""
    return {
        BEARER: {
            "type": "http",
            "scheme": "bearer",
            "description": "A token from `/oauth/token`, for a client made by `shipledger credential create jira-oauth`.",
        },
        CONNECT: {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`JWT <token>`, signed as Connect apps do, by an app made by `shipledger credential create "
            "jira-connect`.",
        },
    }


def paths(prefixes: Sequence[str]) -> dict[str, Any]:
    """Every operation, under each of ``prefixes``."""
    described: dict[str, Any] = {
        "/oauth/token": {"post": _token()},
        "/_edge/tenant_info": {"get": _tenant_info()},
        "/connect-install-keys/{kid}": {"get": _install_key()},
        JENKINS_PATH: {"post": _jenkins()},
    }
    for prefix in prefixes:
        cloud = [_path_parameter("cloudId", _ID)] if "{cloudId}" in prefix else []
        key = f"{prefix}/pipelines/{{pipelineId}}/environments/{{environmentId}}/deployments/{{deploymentSequenceNumber}}"
        named = [
            *cloud,
            _path_parameter("pipelineId", _ID),
            _path_parameter("environmentId", _ID),
            _path_parameter("deploymentSequenceNumber", _INT64),
        ]
        described[f"{prefix}/bulk"] = {"post": _submit(cloud)}
        described[f"{prefix}/bulkByProperties"] = {"delete": _delete_by_properties(cloud)}
        described[key] = {
            "get": _operation("Get a deployment by its key", named, {200: _json(_deployment())}, (400, 404)),
            "delete": _operation("Delete a deployment by its key", named, {202: _empty()}, (400, 404)),
        }
        described[f"{key}/gating-status"] = {
            "get": _operation("Get the gating status of a deployment", named, {200: _json(_gating())}, (400, 404))
        }
    return described


def _submit(parameters: list[dict[str, Any]]) -> dict[str, Any]:
    keys = {"type": "array", "items": _object({"pipelineId": _ID, "environmentId": _ID, "deploymentSequenceNumber": _INT64})}
    as_read = {"type": "string"}
    key_as_read = {"pipelineId": as_read, "environmentId": as_read, "deploymentSequenceNumber": {"type": "integer"}}
    rejected = {"key": _object(key_as_read), "errors": {"type": "array", "minItems": 1, "items": _ERROR}}
    unknown = {"associationType": {"type": "string"}, "values": {"type": "array", "items": {}}}
    answer = _object(
        {
            "acceptedDeployments": keys,
            "rejectedDeployments": {"type": "array", "items": _object(rejected)},
            "unknownIssueKeys": {"type": "array", "items": {"type": "string"}},
            "unknownAssociations": {"type": "array", "items": _object(unknown)},
        }
    )
    body = {
        "type": "object",
        "required": ["deployments"],
        "properties": {
            "deployments": {"type": "array", "minItems": 1, "maxItems": DEPLOYMENTS_LIMIT, "items": _deployment()},
            "properties": {"type": "object", "maxProperties": PROPERTIES_LIMIT, "additionalProperties": _TEXT},
            "providerMetadata": {"type": "object", "properties": {"product": _TEXT}},
        },
    }
    operation = _operation("Submit deployments in bulk", parameters, {202: _json(answer)}, (400, 404, 408, 413, 415))
    return {**operation, "requestBody": {"required": True, "content": {"application/json": {"schema": body}}}}


def _delete_by_properties(parameters: list[dict[str, Any]]) -> dict[str, Any]:
    free = {
        "name": "properties",
        "in": "query",
        "required": True,
        "style": "form",
        "explode": True,
        "schema": {"type": "object", "minProperties": 1, "additionalProperties": _TEXT},
    }
    return _operation("Delete the deployments that have all of some properties", [*parameters, free], {202: _empty()}, (400, 404))


def _deployment() -> dict[str, Any]:
    association = _object({"associationType": {"type": "string"}, "values": {"type": "array", "minItems": 1, "items": {}}})
    required = {
        "deploymentSequenceNumber": _INT64,
        "updateSequenceNumber": _INT64,
        "displayName": _TEXT,
        "url": _URL,
        "description": _TEXT,
        "lastUpdated": _TIME,
        "state": {"type": "string", "enum": list(STATES)},
        "pipeline": _object({"id": _ID, "displayName": _TEXT, "url": _URL}),
        "environment": _object({"id": _ID, "displayName": _TEXT, "type": {"type": "string", "enum": list(TIERS)}}),
    }
    optional = {
        "issueKeys": {"type": "array", "minItems": 1, "maxItems": 100, "items": {"type": "string"}, "deprecated": True},
        "associations": {"type": "array", "items": association},
        "label": _TEXT,
        "duration": {"type": "number", "minimum": 0, "description": "In seconds."},
        "triggeredBy": {"type": "object", "properties": {"email": _TEXT}},
        "commands": {"type": "array", "items": _object({"command": {"type": "string"}})},
        "schemaVersion": {"type": "string", "enum": ["1.0"]},
    }
    return {**_object(required), "properties": {**required, **optional}}


def _gating() -> dict[str, Any]:
    return _object(
        {
            "deploymentSequenceNumber": _INT64,
            "pipelineId": _ID,
            "environmentId": _ID,
            "updatedTimestamp": _TIME,
            "gatingStatus": {"type": "string", "enum": ["awaiting", "allowed", "prevented", "invalid"]},
            "details": {"type": "array", "items": {"type": "object"}},
        }
    )


def _token() -> dict[str, Any]:
    members = {name: {"type": "string"} for name in ("grant_type", "client_id", "client_secret")}
    schema = {**_object(members), "properties": {**members, "audience": {"type": "string"}}}
    answer = _object({"access_token": {"type": "string"}, "token_type": {"type": "string"}, "expires_in": {"type": "integer"}})
    error = _object({"error": {"type": "string"}, "error_description": {"type": "string"}})
    forms = ("application/json", "application/x-www-form-urlencoded")
    return {
        "tags": [TAG],
        "summary": "Exchange a client's id and secret for an access token",
        "security": [],
        "requestBody": {"required": True, "content": {form: {"schema": schema} for form in forms}},
        "responses": {"200": _json(answer), "400": _json(error), "401": _json(error)},
    }


def _tenant_info() -> dict[str, Any]:
    return {
        "tags": [TAG],
        "summary": "Get the cloud id",
        "security": [],
        "responses": {"200": _json(_object({"cloudId": {"type": "string"}}))},
    }


def _install_key() -> dict[str, Any]:
    refused = {**_json({"type": "array", "minItems": 1, "items": _ERROR}), "description": "There is no such key."}
    key = {"description": "The key in PEM.", "content": {"text/plain": {"schema": {"type": "string"}}}}
    return {
        "tags": [TAG],
        "summary": "Get the public key for checking our calls to an app",
        "security": [],
        "parameters": [_path_parameter("kid", {"type": "string", "minLength": 1})],
        "responses": {"200": key, "404": refused},
    }


def _jenkins() -> dict[str, Any]:
    sentence = {"content": {"application/json": {"schema": {"type": "string"}}}}
    answers = {
        "200": {**_json({"type": "object"}), "description": "Answer to a ping, a settings report or a gate query."},
        "202": {**_json({"type": "object"}), "description": "Answer to an event, like that of submit."},
        **{
            str(status): {
                **sentence,
                "description": "A plain sentence for the Jenkins user: not JSON, whatever the content type says.",
            }
            for status in (400, 403, 404, 408, 413, 415, 429, 503)
        },
    }
    return {
        "tags": [TAG],
        "summary": "The webhook of the Jenkins plugin 2.x",
        "security": [],
        "parameters": [{"name": JENKINS_SERVER, "in": "query", "required": True, "schema": {"type": "string"}}],
        "requestBody": {"required": True, "content": {"application/jwt": {"schema": {"type": "string"}}}},
        "responses": answers,
    }


def _operation(
    summary: str, parameters: list[dict[str, Any]], answers: dict[int, dict[str, Any]], errors: tuple[int, ...]
) -> dict[str, Any]:
    refused = {
        status: {**_json({"type": "array", "minItems": 1, "items": _ERROR}), "description": _ERRORS[status]} for status in errors
    }
    always = {status: {"description": _ERRORS[status]} for status in (401, 403, 429, 503)}
    return {
        "tags": [TAG],
        "summary": summary,
        "security": [{BEARER: []}, {CONNECT: []}],
        "parameters": parameters,
        "responses": {str(status): answer for status, answer in sorted({**answers, **refused, **always}.items())},
    }


def _path_parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _object(members: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(members), "properties": members}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": "The answer.", "content": {"application/json": {"schema": schema}}}


def _empty() -> dict[str, Any]:
    return {"description": "Accepted; also when nothing matches. The body is empty."}
