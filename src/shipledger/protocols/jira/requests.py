"""What every API of this vendor reads of a request besides who sent it."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request

from shipledger.http.body_text import read_body_text
from shipledger.protocols.jira.bulk import NOT_JSON, property_key_fault
from shipledger.protocols.jira.faults import NO_PROPERTY, is_not_readable
from shipledger.protocols.wire_json import UnreadableJsonError

PARAMETERS_LIMIT = 100
TOO_MANY_PARAMETERS = f"A request can have a maximum of {PARAMETERS_LIMIT} parameters"


async def read_text(request: Request, limit_bytes: int) -> str:
    """The body. Raises Fault, BodyTooLarge."""
    try:
        return await read_body_text(request, limit_bytes)
    except UnreadableJsonError:
        raise is_not_readable((NOT_JSON,)) from None


def read_query_properties(request: Request) -> list[tuple[str, str]]:
    """What of the query is a property: names that begin with ``_`` are reserved, and ``jwt`` once held tokens. Raises Fault."""
    query = request.scope["query_string"].decode("utf-8", "replace")
    if query.count("&") >= PARAMETERS_LIMIT:
        raise is_not_readable((TOO_MANY_PARAMETERS,))
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    properties = [(name, value) for name, value in pairs if not name.startswith("_") and name != "jwt"]
    if not properties:
        raise is_not_readable((NO_PROPERTY,))
    faults = [property_key_fault(name) for name, _ in properties if ":" in name]
    if faults:
        raise is_not_readable(faults)
    return properties
