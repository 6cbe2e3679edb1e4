"""Route on the undecoded path.

Identifiers may contain percent-encoded ``/`` and ``%``. A framework that matches the decoded path cannot distinguish
``job%2F77`` from ``job/77``, so the raw path is split first and each segment is decoded once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

from msgspec import Struct
from starlette.types import Scope

from shipledger.protocols.contract import Endpoint, Route, VendorProtocol

Operations: TypeAlias = dict[str, tuple[Endpoint, str]]


class Match(Struct, frozen=True):
    """The target of a request. ``endpoint`` is None if the path is known but not the method (see ``allowed``)."""

    protocol: VendorProtocol
    endpoint: Endpoint | None
    pattern: str
    parameters: dict[str, str]
    allowed: tuple[str, ...]


class _Node:
    __slots__ = ("children", "operations", "parameter", "protocol", "rest")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.rest: _Node | None = None
        self.operations: dict[str, tuple[Endpoint, str, tuple[str, ...]]] = {}
        self.protocol: VendorProtocol | None = None


class RawRouter:
    """A tree of path segments. A literal wins over a parameter, and both over a rest; one trailing slash is ignored."""

    def __init__(self) -> None:
        self._root = _Node()
        self._prefixes: list[tuple[str, VendorProtocol]] = []
        self._hosts: dict[str, str] = {}

    def add(self, protocol: VendorProtocol, routes: Iterable[Route]) -> None:
        """Add the operations of a protocol. Raises ValueError if a method and path exists."""
        for route in routes:
            node, names = self._root, []
            for segment in route.path.strip("/").split("/"):
                if segment.endswith("...}"):
                    names.append(segment[1:-4])
                    node.rest = node.rest or _Node()
                    node = node.rest
                elif segment.startswith("{") and segment.endswith("}"):
                    names.append(segment[1:-1])
                    node.parameter = node.parameter or _Node()
                    node = node.parameter
                else:
                    child = node.children.get(segment)
                    node = child or node.children.setdefault(segment, _Node())
            if route.method in node.operations:
                raise ValueError(f"{route.method} {route.path} is served twice")
            node.operations[route.method] = (route.endpoint, route.path, tuple(names))
            node.protocol = protocol
            prefix = "/" + (route.base or route.path).strip("/").split("/{")[0]
            self.reserve(protocol, [prefix])
            if route.host:
                self._hosts[route.host] = prefix

    def reserve(self, protocol: VendorProtocol, prefixes: Iterable[str]) -> None:
        """Let a protocol answer for unknown paths under these prefixes."""
        for prefix in prefixes:
            if (prefix, protocol) not in self._prefixes:
                self._prefixes.append((prefix, protocol))

    def match(self, method: str, raw_path: str) -> Match | None:
        """The operation for a request, or None if no protocol has this path."""
        segments = raw_path[1:].split("/")
        if len(segments) > 1 and not segments[-1]:
            segments.pop()
        found = _descend(self._root, segments, 0, [])
        if found is None or found[0].protocol is None:
            return None
        node, values = found
        protocol = found[0].protocol
        operation = node.operations.get("GET" if method == "HEAD" else method)
        if operation is None:
            allowed = sorted({*node.operations, *(["HEAD"] if "GET" in node.operations else [])})
            return Match(protocol, None, "", {}, tuple(allowed))
        endpoint, pattern, names = operation
        return Match(protocol, endpoint, pattern, dict(zip(names, values, strict=True)), ())

    def path_at(self, host: str, raw_path: str) -> str:
        """Our path for ``raw_path`` on ``host``: a vendor's host may stand for a prefix."""
        prefix = self._hosts.get(host.partition(".")[0].lower())
        return raw_path if prefix is None else prefix + raw_path

    def owner_of(self, raw_path: str) -> VendorProtocol | None:
        """The protocol with the longest prefix of an unknown path, to answer 404 in its format."""
        above = [(len(prefix), protocol) for prefix, protocol in self._prefixes if (raw_path + "/").startswith(prefix + "/")]
        return max(above, key=lambda one: one[0])[1] if above else None


def build_router(protocols: Iterable[VendorProtocol]) -> RawRouter:
    """A router for the operations of all ``protocols``."""
    router = RawRouter()
    for protocol in protocols:
        router.add(protocol, protocol.routes())
        router.reserve(protocol, protocol.unserved_prefixes)
    return router


def raw_path_of(scope: Scope) -> str:
    """The raw path without the query. It begins with one slash: clients whose host setting ends in one send two."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return "/" + raw.decode("latin-1").partition("?")[0].lstrip("/")


def host_of(scope: Scope) -> str:
    """The host that a request names, with its port; empty for none."""
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")


def _descend(node: _Node, segments: list[str], index: int, values: list[str]) -> tuple[_Node, list[str]] | None:
    if index == len(segments):
        return (node, values) if node.operations else None
    child = node.children.get(segments[index])
    if child is not None:
        found = _descend(child, segments, index + 1, values)
        if found is not None:
            return found
    if node.parameter is not None and segments[index]:
        found = _descend(node.parameter, segments, index + 1, [*values, decode_segment(segments[index])])
        if found is not None:
            return found
    if node.rest is not None:
        return node.rest, [*values, "/".join(segments[index:])]
    return None


def decode_segment(segment: str) -> str:
    """A segment of a raw path, percent-decoded as UTF-8. ``+`` is a plus sign."""
    if segment.isascii() and "%" not in segment:
        return segment
    return unquote_to_bytes(segment.encode("latin-1")).decode("utf-8", "replace")
