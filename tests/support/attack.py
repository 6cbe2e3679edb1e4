"""Requests for every operation that is served, made from the table of routes and the OpenAPI page alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from shipledger.protocols.contract import Route
from shipledger.protocols.openapi import build_openapi
from tests.support.protocols import list_protocols
from tests.support.tenants import PROTOCOL_OF, Sent

_PROTOCOLS = list_protocols()
_PAGE = build_openapi(_PROTOCOLS)
_PATHS = _PAGE["paths"]
SPARSE = 4
"""Where a name stands in a body or a query, every so-many-eth is tried; in a path all are."""
TIMES = ("2026-03-04T05:06:07.000Z",)


class Operation(Struct, frozen=True):
    """A route with its protocol."""

    protocol: str
    route: Route


class Names(Struct, frozen=True):
    """What identifies things of a tenant. ``keys`` are what stands for a whole rest of a path."""

    organization_id: str
    identifiers: tuple[str, ...]
    keys: tuple[str, ...]


def list_operations() -> list[Operation]:
    """Every operation of every protocol."""
    return [Operation(protocol.name, route) for protocol in _PROTOCOLS for route in protocol.routes()]


def list_distinct_operations() -> list[Operation]:
    """Every operation; those of Jira, whose prefixes lead to the same code, once with a cloud id in the path and once without."""
    kinds = {
        (one.route.method, one.route.endpoint if one.protocol == "jira" else one.route.path, "{cloudId}" in one.route.path): one
        for one in reversed(list_operations())
    }
    return [*reversed(kinds.values())]


def list_security_schemes() -> list[str]:
    """The ways in which callers prove themselves."""
    return [*_PAGE["components"]["securitySchemes"]]


def list_requests(operation: Operation, names: Names, own_cloud: str, schemes: Sequence[str] = ()) -> Iterator[Sent]:
    """Requests for an operation with ``names`` wherever a name can stand, in an order that does not depend on them."""
    route = operation.route
    described = _PATHS.get(route.path, {}).get(route.method.lower(), {})
    texts = names.keys if "...}" in route.path else names.identifiers
    if "{" not in route.path.replace("{cloudId}", ""):
        texts = texts[:: SPARSE if described.get("requestBody") or _queries(described) else len(texts)]
    for scheme in schemes or PROTOCOL_OF[operation.protocol]:
        for text in texts:
            for cloud in (own_cloud, names.organization_id) if "{cloudId}" in route.path else ("",):
                target = _fill(route.path, text, cloud) + _query(route, described, text)
                yield Sent(scheme, route.method, target, _body(described, text))


def _fill(path: str, text: str, cloud: str) -> str:
    segments = []
    for segment in path.split("/"):
        if segment == "{cloudId}":
            segments.append(cloud)
        elif segment.endswith("...}"):
            segments.append(text)
        else:
            segments.append(quote(text, safe="") if segment.startswith("{") else segment)
    return "/".join(segments)


def _queries(described: Mapping[str, Any]) -> list[str]:
    return [parameter["name"] for parameter in described.get("parameters", ()) if parameter["in"] == "query"]


def _query(route: Route, described: Mapping[str, Any], text: str) -> str:
    if route.path.endswith("bulkByProperties"):
        return f"?{quote(text, safe='')}={quote(text, safe='')}"
    known = {"type": "api", "identifierType": "api", "limit": "50", "offset": "0"}
    pairs = [f"{name}={known.get(name, quote(text, safe=''))}" for name in _queries(described) if not name.endswith("Time")]
    return f"?{'&'.join(pairs)}" if pairs else ""


def _body(described: Mapping[str, Any], text: str) -> Any:
    content = described.get("requestBody", {}).get("content", {})
    return make_value(content["application/json"]["schema"], text) if "application/json" in content else None


def make_value(schema: Mapping[str, Any], text: str) -> Any:
    """A value that a schema allows, with ``text`` wherever a free text may stand."""
    chosen = next((schema[choice][0] for choice in ("anyOf", "oneOf", "allOf") if choice in schema), None)
    if chosen is not None:
        return make_value(chosen, text)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    kinds = schema.get("type", "string")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    makers: dict[str, Callable[[], Any]] = {
        "object": lambda: {name: make_value(member, text) for name, member in schema.get("properties", {}).items()},
        "array": lambda: [make_value(schema.get("items", {}), text)],
        "integer": lambda: schema.get("minimum", 1),
        "number": lambda: schema.get("minimum", 1),
        "boolean": lambda: False,
    }
    return makers.get(kind, lambda: _make_text(schema, text))()


def _make_text(schema: Mapping[str, Any], text: str) -> str:
    if schema.get("format") == "date-time":
        return TIMES[0]
    if schema.get("format") in {"uri", "url"}:
        return f"https://git.example.com/{quote(text, safe='')}"
    return text[: schema.get("maxLength", len(text))]
