"""Answers that nobody takes in, at the front door: what is refused for them, and what is not."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from shipledger.http.budget import KNOWN_SHARE, UNKNOWN_SHARE
from shipledger.http.connection_limits import WAITING_LIMIT
from tests.http.test_body import MEGABYTE, OWN_BYTES, check_envelope, holding, start
from tests.support import datadog, native, opsgenie
from tests.support.server import Server
from tests.support.tenants import Sent, Tenant, make_tenant
from tests.support.wire import head, wire_to

LARGE = "/ledger/openapi.json"
ROOM = 4 * MEGABYTE
"""For everybody: several times that answer."""
PLAIN = {"Accept-Encoding": "identity"}
STATIC = "/static/vendor/htmx.min.js"
FORM = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}


@asynccontextmanager
async def taking_in_nothing(server: Server, target: str, connections: int, *, until: int) -> AsyncIterator[None]:
    """Clients that ask again and again and read no answer, once the server holds more bytes than ``until``."""
    sockets = [socket.socket() for _ in range(connections)]
    try:
        for each in sockets:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            each.connect(("127.0.0.1", server.port))
            each.sendall(head("GET", target) * WAITING_LIMIT)
        async with asyncio.timeout(20):
            while server.app.budget.held_bytes <= until:  # noqa: ASYNC110  nobody tells
                await asyncio.sleep(0.01)
        yield
    finally:
        for each in sockets:
            each.close()


async def test_answers_that_strangers_do_not_take_in_are_refused_to_strangers_alone(serve):
    async with serve(bytes_in_flight_limit=ROOM) as server:
        tenant = await make_tenant(server, "default", app_key="com.example.app")
        await server.sign_in()
        async with server.client(cookies={}) as stranger, server.client(cookies=server.cookies) as reader:
            async with taking_in_nothing(server, LARGE, 4, until=ROOM // UNKNOWN_SHARE):
                for target in (LARGE, STATIC):
                    refused = await stranger.get(target)
                    assert refused.status_code == 503, target
                    assert int(refused.headers["retry-after"]) > 0
                assert (await stranger.get("/healthz")).status_code == 200
                assert (await stranger.post("/oauth/token", content=b"x" * 1000)).status_code == 400
                assert (await reader.get("/ledger/docs")).status_code == 200
                assert (await tenant.send(stranger, Sent("GenieKey", "GET", "/v1/services"))).status_code == 200
            await holding(server, 0)
            assert (await stranger.get(LARGE)).status_code == 200


async def test_a_static_file_that_nobody_takes_in_is_not_kept_open(server):
    async with taking_in_nothing(server, STATIC, 2, until=100_000):
        links = [link.readlink() for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]  # noqa: ASYNC240  no disk
        assert STATIC.rpartition("/")[2] not in {link.name for link in links}


async def test_a_form_finds_room_while_strangers_have_none(serve):
    async with serve(bytes_in_flight_limit=MEGABYTE) as server, wire_to(server.port) as holder:
        await server.sign_in()
        server.app.budget.open_account().take(MEGABYTE // UNKNOWN_SHARE)
        await holder.send(head("POST", "/oauth/token", {"Content-Length": "100"}) + b"x" * 100)
        assert (await holder.answer()).status == 503
        async with server.client(cookies=server.cookies) as reader:
            sent = f"service=x&form_token={quote(server.form_token)}"
            assert (await reader.post("/repositories", content=sent, headers=FORM)).status_code == 404


async def test_a_page_that_finds_no_room_says_so(serve):
    async with serve(bytes_in_flight_limit=MEGABYTE) as server, server.client() as reader:
        await server.sign_in()
        others = server.app.budget.open_account("readers")
        others.owe(MEGABYTE // KNOWN_SHARE)
        for answer in (await reader.get("/ledger/docs"), await reader.post("/repositories", content=b"x", headers=FORM)):
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) > 0
            assert "send the request again" in answer.text
        others.close()
        assert (await reader.get("/ledger/docs")).status_code == 200


async def test_a_large_answer_to_a_read_is_refused_in_the_protocols_words_while_its_organization_has_no_room(serve):
    async with serve(bytes_in_flight_limit=MEGABYTE) as server, server.client(headers=PLAIN) as client:
        tenant = await make_tenant(server, "default", app_key="com.example.app")
        reads = await large_reads(tenant, client)
        async with wire_to(server.port) as holder:
            await start(holder, tenant, "GenieKey", OWN_BYTES)
            await holder.send(b" " * (OWN_BYTES - 5_000))
            await holding(server, OWN_BYTES - 5_000)
            for read in reads:
                refused = await tenant.send(client, read)
                assert refused.status_code == 503, read.target
                assert int(refused.headers["retry-after"]) > 0
                check_envelope(read.scheme, refused.status_code, refused.content)
        await holding(server, 0)
        for read in reads:
            answer = await tenant.send(client, read)
            assert (answer.status_code, len(answer.content) > 8_192) == (200, True), read.target


async def large_reads(tenant: Tenant, client) -> list[Sent]:
    """Reads with answers of more than a piece, one of each protocol that has some."""
    note = "d" * 14_000
    writes = [
        Sent("GenieKey", "POST", "/v2/deployments", opsgenie.create_body(description=note)),
        Sent("Ledger", "POST", native.TARGET, native.deployment(description=note)),
        Sent(
            "Datadog",
            "POST",
            f"{datadog.DORA}/deployment",
            datadog.create_body(custom_tags=[f"{number}:{note[:180]}" for number in range(90)]),
        ),
    ]
    answers = [await tenant.send(client, write) for write in writes]
    assert [answer.status_code // 100 for answer in answers] == [2, 2, 2], [answer.text for answer in answers]
    reads = [
        Sent("GenieKey", "GET", "/v2/deployments/build-77?identifierType=api"),
        Sent("Ledger", "GET", f"{native.TARGET}/{answers[1].json()['id']}"),
        Sent("Datadog", "POST", f"{datadog.DORA}/deployments", datadog.list_body("*")),
    ]
    async with asyncio.timeout(20):
        for read in reads:
            while len((await tenant.send(client, read)).content) < 8_192:  # noqa: ASYNC110  nobody tells
                await asyncio.sleep(0.02)
    return reads
