"""No value of a header makes the server fail, on any route, with and without credentials."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from msgspec import Struct
from starlette.routing import Route

from shipledger.web.pages import live
from tests.support.attack import list_distinct_operations
from tests.support.hostile_headers import LENGTHS, Headers, hostile_headers
from tests.support.server import Server, serving
from tests.support.tenants import PROTOCOL_OF, make_tenant
from tests.support.wire import Answer, read_answer

EXAMPLES = max(5, settings.default.max_examples // 10)
"""Each asks every route."""

UNLIMITED = {"token_key": "k" * 32, "datadog_reads_per_minute": 0, "datadog_writes_per_minute": 0, "update_wait_seconds": 0}
PATIENCE_SECONDS = 30.0
CREATE_FORM = b"service=a&repository=b&action=map"


class Asked(Struct, frozen=True):
    """A request with the headers that it needs to get as far as it can."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


class Wire:
    """A connection that is made anew when the server closes it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, asked: Asked, hostile: Headers) -> Answer:
        named = {name.lower() for name, _ in hostile}
        kept = [(name, value) for name, value in asked.headers.items() if name.lower() not in named]
        length = [("Content-Length", str(len(asked.body)))] if asked.body and "content-length" not in named else []
        lines = [f"{asked.method} {asked.path} HTTP/1.1", *(f"{name}: {value}" for name, value in [*kept, *length, *hostile])]
        sent = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + asked.body
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await self._send(sent)
            return answer if answer.status else await self._send(sent)  # it may have been closed since the answer before

    async def _send(self, sent: bytes) -> Answer:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(sent)
        answer = await read_answer(reader)
        if not answer.status or answer.headers.get("connection") == "close":
            self.close()
        return answer

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].transport.abort()
        self._streams = None


async def list_asked(server: Server) -> list[Asked]:
    """A request for each route of every protocol, of the operator and of the pages."""
    tenant = await make_tenant(server, "default", app_key="com.example.app")
    asked = []
    for operation in list_distinct_operations():
        route = operation.route
        path = route.path.replace("{cloudId}", tenant.organization_id).replace("...", "").replace("{", "").replace("}", "")
        proof = tenant.proofs[PROTOCOL_OF[operation.protocol][0]](route.method, path)
        body = b"{}" if route.method in {"POST", "PUT", "PATCH"} else b""
        asked.append(Asked(route.method, path, {"Host": "localhost", "Content-Type": "application/json", **proof}, body))
    await server.sign_in()
    cookie = "; ".join(f"{name}={value}" for name, value in server.cookies.items())
    seen = {"Host": "localhost", "Cookie": cookie}
    sends = {**seen, "Origin": "http://localhost", "Content-Type": "application/x-www-form-urlencoded"}
    for route in server.app.dispatcher._pages.routes:
        if route.path == live.PATH:
            continue  # its answer has no end
        path = route.path.replace("{path:path}", "static/page.js").replace(":path", "").replace("{", "").replace("}", "")
        methods = route.methods if isinstance(route, Route) and route.methods else {"GET"}
        token = b"" if path == "/logout" else b"&form_token=" + server.form_token.encode()  # who signs out sees nothing more
        asked += [Asked("POST", path, sends, CREATE_FORM + token) if "POST" in methods else Asked("GET", path, seen)]
    return [*asked, Asked("GET", "/static/page.js", seen)]


@asynccontextmanager
async def asking(database: Path) -> AsyncIterator[tuple[list[Asked], Wire]]:
    async with serving(database, **UNLIMITED) as server:
        wire = Wire(server.port)
        yield await list_asked(server), wire
        wire.close()


async def check(asked: Iterable[Asked], wire: Wire, hostile: Headers) -> None:
    for one in asked:
        answer = await wire.ask(one, hostile)
        assert 0 < answer.status < 500, f"{one.method} {one.path} with {hostile}: {answer}"


@pytest.mark.timeout(0 if EXAMPLES > 100 else 300)
def test_no_header_makes_any_route_fail(database: Path):
    with asyncio.Runner() as runner:
        scene = asking(database)
        asked, wire = runner.run(scene.__aenter__())

        @settings(max_examples=EXAMPLES)
        @example([("Origin", "http://[")])
        @example([("Host", "[")])
        @example([("Host", "a"), ("Host", "b")])
        @given(hostile_headers())
        def is_answered(hostile: Headers) -> None:
            runner.run(check(asked, wire, hostile))

        try:
            is_answered()
        finally:
            runner.run(scene.__aexit__(None, None, None))


async def test_a_length_that_is_none_is_the_senders_fault(database: Path):
    async with asking(database) as (asked, wire):
        writes = [one for one in asked if one.body]
        for one in writes[:: max(1, len(writes) // 8)]:
            for length in LENGTHS:
                answer = await wire.ask(one, [("Content-Length", length)])
                assert answer.status < 500, f"{one.method} {one.path} with {length[:20]}: {answer}"


async def test_these_requests_are_good_without_the_hostile_headers(database: Path):
    """Else the tests above would show nothing."""
    async with asking(database) as (asked, wire):
        statuses = [(await wire.ask(one, [])).status for one in asked]
    assert len([status for status in statuses if status in {401, 403}]) < len(statuses) / 10
    assert len([status for status in statuses if status == 200]) > 20
