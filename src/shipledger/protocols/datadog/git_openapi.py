"""The part of the OpenAPI page that describes uploads of git metadata."""

from __future__ import annotations

from typing import Any

from shipledger.protocols.datadog.git_metadata import FILE_LIST, PACKFILE, SEARCH_COMMITS
from shipledger.protocols.datadog.openapi import API_KEY, TAG

_JSON = "application/json"
_ERROR_MEDIA = "application/vnd.api+json"
_OBJECT: dict[str, Any] = {"type": "object"}
_COMMIT = {
    "type": "object",
    "required": ["id", "type"],
    "properties": {"id": {"type": "string", "pattern": "^([a-fA-F0-9]{40}|[a-fA-F0-9]{64})$"}, "type": {"const": "commit"}},
}
_COMMITS = {
    "type": "object",
    "required": ["meta", "data"],
    "properties": {
        "meta": {"type": "object", "required": ["repository_url"], "properties": {"repository_url": {"type": "string"}}},
        "data": {"type": "array", "items": _COMMIT},
    },
}
_ERRORS = {
    400: "The upload is invalid; `errors` lists the reasons.",
    403: "The key is missing or not valid.",
    408: "The body came too slowly.",
    429: "The key has exceeded its limit.",
    503: "Nothing was stored; the same request may succeed later.",
}


def paths() -> dict[str, Any]:
    """Every operation."""
    search = _operation("List which commits are known", 200, {_JSON: {"schema": _COMMITS}}, _COMMITS)
    return {
        FILE_LIST: {"post": _operation("Receive a repository's file list", 202, _upload("event", "repository"), _OBJECT)},
        SEARCH_COMMITS: {"post": search},
        PACKFILE: {"post": _operation("Receive a git pack", 204, _upload("pushedSha", "packfile"), None)},
    }


def _upload(*parts: str) -> dict[str, Any]:
    properties = {part: {"type": "string", "format": "binary"} for part in parts}
    return {"multipart/form-data": {"schema": {"type": "object", "required": list(parts), "properties": properties}}}


def _operation(summary: str, status: int, content: dict[str, Any], answered: dict[str, Any] | None) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if answered is not None:
        done["content"] = {_JSON: {"schema": answered}}
    failed = {"content": {_ERROR_MEDIA: {"schema": _OBJECT}}}
    return {
        "tags": [TAG],
        "summary": summary,
        "security": [{API_KEY: []}],
        "requestBody": {"required": True, "content": content},
        "responses": {str(status): done, **{str(error): {"description": text, **failed} for error, text in _ERRORS.items()}},
    }
