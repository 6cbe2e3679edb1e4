"""The part of the OpenAPI page that describes iftrue's operation."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from shipledger.protocols.iftrue.vocabulary import STATES
from shipledger.protocols.iftrue.wire import ErrorOut, RecordOut, StoredOut

SECURITY = "IftrueToken"
TAG = "iftrue"

_ERRORS = {
    400: "The body is not valid JSON.",
    401: "The token is missing or not valid.",
    403: "The token may not record deployments.",
    408: "The body came too slowly.",
    413: "The body is larger than 1 MiB.",
    415: "The content type is not JSON.",
    422: "The body has invalid members; `errors` lists them.",
    429: "The token has exceeded its limit.",
    503: "Nothing was recorded; the same request may succeed later.",
}
_TEXT = {"type": "string"}
_FLAG = {"type": "boolean", "default": False}


def security_schemes() -> dict[str, Any]:
    """How a caller proves itself."""
    description = "A token made by `shipledger credential create iftrue --name NAME`."
    return {SECURITY: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": description}}


def paths() -> dict[str, Any]:
    """The operation."""
    return {
        "/v1/organization/deployment": {
            "post": {
                "tags": [TAG],
                "summary": "Record a deployment",
                "description": "Answers once the record exists. A repeated report answers 200 with the same id.",
                "security": [{SECURITY: []}],
                "requestBody": {"required": True, "content": {"application/json": {"schema": _report()}}},
                "responses": {
                    "201": _response("The new record.", RecordOut),
                    "200": _response("The record of a known deployment, after this report.", RecordOut),
                    "202": _response("Stored but not processed yet; repeat the request to get the record.", StoredOut),
                    **{str(status): _response(text, ErrorOut) for status, text in _ERRORS.items()},
                },
            }
        }
    }


def _report() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["title", "branch", "commit_id", "repository_url", "member_id", "pull_request_number"],
        "properties": {
            "title": {**_TEXT, "minLength": 1, "maxLength": 1_000},
            "changelog": {**_TEXT, "maxLength": 100_000},
            "url": {**_TEXT, "maxLength": 4_096},
            "branch": {**_TEXT, "minLength": 1, "maxLength": 512},
            "commit_id": {**_TEXT, "minLength": 1, "maxLength": 255},
            "deployment_duration": {
                "type": "number",
                "minimum": 0,
                "maximum": 5_256_000,
                "description": "In minutes; the answer has seconds.",
            },
            "is_fix": _FLAG,
            "is_hotfix": _FLAG,
            "is_forced": _FLAG,
            "commits_count": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1, "default": 0},
            "repository_url": {**_TEXT, "minLength": 1, "maxLength": 4_096},
            "member_id": {**_TEXT, "minLength": 1, "maxLength": 255},
            "pull_request_number": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
            "deployment_node_id": {**_TEXT, "maxLength": 512, "description": "Required for a GitHub repository."},
            "status": {"type": "string", "enum": list(STATES), "default": "succes"},
        },
    }


def _response(description: str, body: type) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": _written(body)}}}


@cache
def _written(body: type) -> dict[str, Any]:
    (schema,), components = msgspec.json.schema_components([body], ref_template="#/$defs/{name}")
    return components[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
