"""What a connection may say, and what becomes of what it said before."""

from __future__ import annotations

import asyncio
import socket

import pytest

from shipledger.http.connection_limits import HEADERS_LIMIT, WAITING_LIMIT
from tests.support.wire import Wire, head, wire_to

ALIVE = head("GET", "/healthz")
UPGRADE = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAEAAEAAAAIAAAABAAMAAABk"}
LARGE = "/ledger/openapi.json"


@pytest.fixture
async def wire(server):
    async with wire_to(server.port) as opened:
        yield opened


async def test_requests_that_are_sent_ahead_are_answered_and_those_beyond_a_few_are_not(wire):
    await wire.send(ALIVE * (WAITING_LIMIT + 20))
    statuses = [(await wire.answer()).status for _ in range(WAITING_LIMIT + 2)]
    assert statuses[-1] == 0
    assert set(statuses[:-1]) == {200}


@pytest.mark.parametrize("bad", [b"garbage\r\n\r\n", head("GET", "/healthz", {f"X-{n}": "" for n in range(HEADERS_LIMIT)})])
async def test_what_came_before_something_bad_is_answered_first(wire, bad):
    await wire.send(ALIVE + ALIVE + bad)
    assert [(await wire.answer()).status for _ in range(3)] == [200, 200, 0]


async def test_a_body_longer_than_announced_spoils_the_connection_and_not_the_answer(wire):
    await wire.send(head("POST", "/oauth/token", {"Content-Length": "2"}) + b"{}{}{}\r\n\r\n")
    answer = await wire.answer()
    assert (answer.status, answer.headers["connection"]) == (400, "close")
    assert b"grant_type is missing" in answer.body
    assert await wire.is_closed()


async def test_too_many_headers_are_refused(wire):
    await wire.send(head("GET", "/healthz", {f"X-{number}": "" for number in range(HEADERS_LIMIT)}))
    assert (await wire.answer()).status == 431
    assert await wire.is_closed()


@pytest.mark.parametrize("body", [b"", b"{}"])
async def test_a_client_that_offers_another_protocol_is_answered_in_this_one(wire, body):
    method, target, status = ("POST", "/oauth/token", 400) if body else ("GET", "/healthz", 200)
    for _ in range(2):
        await wire.send(head(method, target, {**UPGRADE, "Content-Length": str(len(body))}) + body)
        assert (await wire.answer()).status == status


async def test_headers_after_a_body_change_nothing_of_the_request(wire):
    chunked = {"Transfer-Encoding": "chunked", "Content-Type": "application/json"}
    trailer = b"2\r\n{}\r\n0\r\nAuthorization: Basic eDp5\r\nX-T: 1\r\n\r\n"
    for _ in range(2):
        await wire.send(head("POST", "/oauth/token", chunked) + trailer)
        assert b"grant_type is missing" in (await wire.answer()).body


async def test_the_beginning_of_a_chunk_has_an_end(wire):
    await wire.send(head("POST", "/oauth/token", {"Transfer-Encoding": "chunked"}) + b"1;" + b"x" * 100_000)
    assert (await wire.answer()).status == 400
    assert await wire.is_closed()


async def test_a_connection_whose_request_was_answered_before_its_body_came_is_used_again(wire):
    await wire.send(head("POST", "/v2/deployments", {"Content-Length": "100000"}))
    assert (await wire.answer()).status == 401
    await wire.send(b"x" * 100_000 + ALIVE)
    assert (await wire.answer()).status == 200


async def test_an_idle_connection_holds_nothing_of_what_it_was_sent(server):
    async with wire_to(server.port) as wire:
        large = {f"X-{number}": "y" * 500 for number in range(100)}
        await wire.send(head("GET", "/healthz", large))
        assert (await wire.answer()).status == 200
        (connection,) = server.connections
        assert server.app.budget.held_bytes == 0
        assert not connection.headers
        assert not connection.cycle.scope.get("headers")


async def test_a_large_answer_is_counted_until_it_is_taken_in_and_one_taken_in_too_slowly_is_given_up(serve):
    async with serve(request_timeout_seconds=1) as server:
        with socket.socket() as reader:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            reader.connect(("127.0.0.1", server.port))
            reader.sendall(head("GET", LARGE) * WAITING_LIMIT)
            async with asyncio.timeout(20):
                while server.app.budget.held_bytes < 100_000:  # noqa: ASYNC110  nobody tells
                    await asyncio.sleep(0.01)
                while server.connections:  # noqa: ASYNC110  as above
                    await asyncio.sleep(0.01)
            assert server.app.budget.held_bytes == 0


async def test_a_large_answer_that_is_taken_in_comes_whole(server, wire: Wire):
    await wire.send(head("GET", LARGE) + ALIVE)
    answer = await wire.answer()
    assert answer.json["openapi"]
    assert (await wire.answer()).body == b"ok\n"
