"""The parts of this API's OpenAPI page that its operations share."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec

from shipledger.protocols.native import request_key
from shipledger.protocols.native.bodies import ITEMS_LIMIT, NAME_LIMIT, RELEASES_LIMIT
from shipledger.protocols.native.cursor import FORMAT, LIMIT
from shipledger.protocols.native.cursor import LENGTH_LIMIT as CURSOR_LIMIT
from shipledger.protocols.native.cursor import NAME as CURSOR
from shipledger.protocols.native.faults import MEDIA_TYPE
from shipledger.protocols.native.pages import CSV_TYPE, FORMATS
from shipledger.protocols.native.parameters import TEXT_LIMIT
from shipledger.protocols.native.wire import ProblemOut, RequestOut

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
    412: "Somebody else has changed it since; read it again.",
    415: "The content type is not JSON.",
    422: "The body has invalid members; `errors` lists them.",
    429: "The token has exceeded its limit.",
    503: "Nothing was recorded; the same request may succeed later.",
}
BODY_ERRORS = (400, 408, 413, 415, 422)
"""What may be wrong with a body."""
REPOSITORY_PATTERN = r"^(https://)?[a-z]+(\.[a-z]+)+/[A-Za-z0-9_-]+/[A-Za-z0-9_-]+$"
"""Some of the names of repositories, for those who draw one."""
REPOSITORY = {
    "type": "string",
    "pattern": REPOSITORY_PATTERN,
    "description": "A clone URL in any form, or host/owner/name.",
}
_ALWAYS = (401, 403, 429, 503)
_STORABLE = r"^[^\u0000\ud800-\udfff]*$"
_SPEAKING = r"^[^\u0000\ud800-\udfff]*\S[^\u0000\ud800-\udfff]*$"

NAMED = {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
KEY = {
    "name": request_key.HEADER,
    "in": "header",
    "description": "A text of your own for this request. Sent again with the same body, it has one effect and one answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": request_key.LENGTH_LIMIT, "pattern": "^[!-~]+$"},
}


def operation(
    summary: str,
    answers: dict[int, tuple[Any, ...]],
    *,
    errors: tuple[int, ...],
    parameters: tuple[dict[str, Any], ...] = (),
    is_table: bool = False,
) -> dict[str, Any]:
    """An operation. ``answers``: for each status what it means, and the bodies that it may have. ``is_table``: also as CSV."""
    described: dict[str, Any] = {
        "tags": [TAG],
        "summary": summary,
        "security": [{SECURITY: []}],
        "responses": {
            **{str(status): _response(text, "application/json", *bodies) for status, (text, *bodies) in answers.items()},
            **{str(status): _response(_ERRORS[status], MEDIA_TYPE, ProblemOut) for status in sorted((*errors, *_ALWAYS))},
        },
    }
    if is_table:
        described["responses"]["200"]["content"][CSV_TYPE] = {"schema": {"type": "string"}}
    return {**described, "parameters": list(parameters)} if parameters else described


def one_or_several(schema: dict[str, Any]) -> dict[str, Any]:
    """A body that is one of these or a list of them."""
    several = {"type": "array", "minItems": 1, "maxItems": ITEMS_LIMIT, "items": schema}
    return body({"anyOf": [schema, several]})


def body(schema: dict[str, Any]) -> dict[str, Any]:
    """A body that must be sent."""
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def recording(summary: str, new: str, one: type, several: type) -> dict[str, Any]:
    """The operation that records one or several. ``new``: what the answer to a new one is called."""
    known = "What was known, after this report, and the verdict."
    return operation(
        summary,
        {
            201: (f"{new}, and the verdict. For a list: each in its place.", one, several),
            200: (known, one, several),
            202: ("Stored, but not settled yet: poll `Location` for the verdict.", RequestOut),
        },
        errors=(*BODY_ERRORS, 409),
        parameters=(KEY,),
    )


def query(name: str, description: str, **limits: Any) -> dict[str, Any]:
    """A parameter of a list; empty, it is left out."""
    schema = {"type": "string", "maxLength": TEXT_LIMIT, "pattern": _STORABLE, **limits}
    return {"name": name, "in": "query", "description": description, "schema": schema}


def choice(name: str, words: Iterable[str], description: str = "") -> dict[str, Any]:
    """A parameter that is one of some words."""
    described = {"name": name, "in": "query", "schema": {"type": "string", "enum": list(words)}}
    return {**described, "description": description} if description else described


def window(member: str) -> tuple[dict[str, Any], ...]:
    """The two that bound a time."""
    moment = {"type": "string", "format": "date-time"}
    return (
        {"name": "from", "in": "query", "description": f"The earliest `{member}`; a date is its first moment.", "schema": moment},
        {"name": "to", "in": "query", "description": f"Before this `{member}`.", "schema": moment},
    )


def as_of() -> dict[str, Any]:
    """The parameter that asks what was known at a moment."""
    moment = {"type": "string", "format": "date-time"}
    description = "By what the ledger knew at this moment, which is not in the future. `knowledge` says what is taken from today."
    return {"name": "as_of", "in": "query", "description": description, "schema": moment}


def paging(default: int, maximum: int) -> tuple[dict[str, Any], ...]:
    """Those that every list has."""
    number = {"type": "integer", "minimum": 1, "maximum": maximum, "default": default}
    return (
        query(CURSOR, "The `next_cursor` of a page, with the same filters.", maxLength=CURSOR_LIMIT),
        {"name": LIMIT, "in": "query", "description": "How many a page has at most.", "schema": number},
        choice(FORMAT, FORMATS, "Instead of the header `Accept`."),
    )


def text(limit: int, description: str = "", *, is_required: bool = False) -> dict[str, Any]:
    """A text. Nothing that no database can store, and, where it is required, something that can be seen."""
    pattern = {"pattern": _SPEAKING, "minLength": 1} if is_required else {"pattern": _STORABLE}
    schema = {"type": "string", "maxLength": limit, **pattern}
    return {**schema, "description": description} if description else schema


def releases() -> dict[str, Any]:
    """Commits that are named."""
    release = {
        "type": "object",
        "required": ["repository", "commit"],
        "properties": {
            "repository": {
                "type": "string",
                "pattern": REPOSITORY_PATTERN,
                "description": "A clone URL in any form, or host/owner/name. Stored as host/owner/name.",
            },
            "commit": text(NAME_LIMIT, is_required=True),
        },
    }
    return {"type": "array", "minItems": 1, "maxItems": RELEASES_LIMIT, "items": release}


def _response(description: str, media_type: str, *bodies: type) -> dict[str, Any]:
    if not bodies:
        return {"description": description}
    schemas = [_written(body) for body in bodies]
    return {
        "description": description,
        "content": {media_type: {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}},
    }


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
