"""Bodies at the front door: who is read, how fast they must come, and how many bytes there may be of them at once."""

from __future__ import annotations

import asyncio
import json
import zlib
from contextlib import AsyncExitStack

import pytest

from shipledger.http.budget import KNOWN_SHARE, UNKNOWN_SHARE
from shipledger.http.unpacking import RATIO_LIMIT
from shipledger.protocols.jira.jenkins import BODY_LIMIT_BYTES as JENKINS_LIMIT_BYTES
from shipledger.protocols.jira.oauth import BODY_LIMIT_BYTES as TOKEN_LIMIT_BYTES
from tests.routes.jira.test_jenkins import TARGET as JENKINS
from tests.routes.jira.test_jenkins import connect
from tests.support import datadog, iftrue, native
from tests.support.attack import Names, list_operations, list_requests
from tests.support.jira_clients import SITE
from tests.support.tenants import Tenant, make_tenant
from tests.support.wire import Answer, Wire, head, wire_to

MEGABYTE = 1 << 20
OWN_BYTES, UNKNOWN_BYTES = MEGABYTE // KNOWN_SHARE, MEGABYTE // UNKNOWN_SHARE
PROVEN_IN_BODY = ("/oauth/token",)
BAD_PROOF = {"Authorization": "Bearer wrong", "DD-API-KEY": "wrong", "Content-Type": "application/json"}

WRITES = {
    "GenieKey": "/v2/deployments",
    "Iftrue": iftrue.TARGET,
    "JiraOAuth": f"{SITE}/bulk",
    "JiraConnect": f"{SITE}/bulk",
    "Datadog": f"{datadog.DORA}/deployment",
    "Ledger": native.TARGET,
}
"""A write of each way to prove who one is."""


def check_envelope(scheme: str, status: int, content: bytes) -> None:
    """What the protocol's clients can read as an error."""
    body = json.loads(content)
    if scheme in {"JiraOAuth", "JiraConnect"}:
        assert body[0]["message"]
    elif scheme == "Datadog":
        assert body["errors"][0]["detail"]
    elif scheme == "Ledger":
        assert (body["status"], bool(body["detail"])) == (status, True)
    else:
        assert body["message"]


async def start(wire: Wire, tenant: Tenant, scheme: str, length: int, **headers: str) -> None:
    """Send the head of a write, with the proof of a tenant."""
    target = WRITES[scheme]
    proof = {**tenant.proofs[scheme]("POST", target), "Content-Type": "application/json", **headers}
    await wire.send(head("POST", target, {**proof, "Content-Length": str(length)}))


async def test_nothing_is_read_of_whoever_has_not_proven_who_it_is(server):
    names = Names(await server.organization_id(), ("x",), ("p/environments/e/deployments/1",))
    requests = [
        next(iter(list_requests(operation, names, names.organization_id)))
        for operation in list_operations()
        if operation.route.method in {"POST", "PUT", "PATCH", "DELETE"} and operation.route.path not in PROVEN_IN_BODY
    ]

    async def ask(method: str, target: str) -> int:
        async with wire_to(server.port) as wire:
            await wire.send(head(method, target, {**BAD_PROOF, "Content-Length": "9000", "Expect": "100-continue"}))
            return (await wire.answer()).status

    statuses = [await ask(one.method, one.target) for one in requests]
    assert len(requests) > 40
    assert set(statuses) <= {400, 401, 403}, list(zip(requests, statuses, strict=True))


async def test_a_body_that_stops_is_answered_408_in_the_protocols_words(serve):
    async with serve(request_timeout_seconds=1, token_key="k" * 32) as server:
        tenant = await make_tenant(server, "default", app_key="com.example.app")

        async def stop(scheme: str) -> None:
            async with wire_to(server.port) as wire:
                await start(wire, tenant, scheme, 1000)
                await wire.send(b"{")
                answer = await wire.answer()
                assert (answer.status, answer.headers["connection"]) == (408, "close"), scheme
                check_envelope(scheme, answer.status, answer.body)
                assert await wire.is_closed()

        await asyncio.gather(*map(stop, WRITES))


async def test_a_form_of_a_page_that_stops_is_answered_408(serve):
    async with serve(request_timeout_seconds=1) as server, wire_to(server.port) as wire:
        await server.sign_in()
        cookies = "; ".join(f"{name}={value}" for name, value in server.cookies.items())
        ours = {"Cookie": cookies, "Sec-Fetch-Site": "same-origin", "Content-Length": "100"}
        await wire.send(head("POST", "/repositories", ours) + b"service=")
        assert (await wire.answer()).status == 408
        assert await wire.is_closed()


async def test_what_came_fast_buys_little_time(serve):
    async with serve(request_timeout_seconds=1, slowest_bytes_per_second=1_000) as server:
        tenant = await make_tenant(server, "default", app_key="com.example.app")
        async with wire_to(server.port) as wire:
            await start(wire, tenant, "GenieKey", 500_000)
            await wire.send(b" " * 499_000)
            assert (await wire.answer(8)).status == 408


async def test_a_slow_body_that_keeps_the_pace_is_taken(serve):
    async with serve(request_timeout_seconds=1, slowest_bytes_per_second=10) as server:
        tenant = await make_tenant(server, "default", app_key="com.example.app")
        async with wire_to(server.port) as wire:
            await start(wire, tenant, "GenieKey", 60)
            for _ in range(6):
                await asyncio.sleep(0.4)
                await wire.send(b" " * 10)
            assert (await wire.answer()).status == 400  # it is no JSON, but it was read


async def test_what_exceeds_the_budget_is_answered_503_in_the_protocols_words_until_there_is_room(serve):
    async with serve(bytes_in_flight_limit=MEGABYTE, token_key="k" * 32) as server:
        tenant = await make_tenant(server, "default", app_key="com.example.app")
        other = await make_tenant(server, "other", app_key="com.example.other")

        async def write(tenant: Tenant, scheme: str) -> Answer:
            async with wire_to(server.port) as wire:
                await start(wire, tenant, scheme, OWN_BYTES // 2)
                await wire.send(b" " * (OWN_BYTES // 2))
                return await wire.answer()

        async with wire_to(server.port) as holder:
            await start(holder, tenant, "GenieKey", MEGABYTE // 2)
            await holder.send(b" " * (OWN_BYTES - 10_000))
            await holding(server, OWN_BYTES - 10_000)
            for scheme in WRITES:
                answer = await write(tenant, scheme)
                assert answer.status == 503, scheme
                assert int(answer.headers["retry-after"]) > 0
                check_envelope(scheme, answer.status, answer.body)
                assert (await write(other, scheme)).status < 500, "another organization finds room"
        await holding(server, 0)
        assert (await write(tenant, "GenieKey")).status == 400


async def test_senders_who_are_not_known_share_a_part_of_the_budget(serve):
    async with serve(bytes_in_flight_limit=MEGABYTE) as server:
        await connect(server)
        tenant = await make_tenant(server, "default", app_key="com.example.app")
        async with AsyncExitStack() as stack:
            holders = [await stack.enter_async_context(wire_to(server.port)) for _ in range(2)]
            for holder in holders:
                await holder.send(head("POST", JENKINS, {"Content-Length": str(UNKNOWN_BYTES)}) + b"x" * (UNKNOWN_BYTES // 2 - 8))
            await holding(server, UNKNOWN_BYTES - 16)
            refused = await stack.enter_async_context(wire_to(server.port))
            await refused.send(head("POST", "/oauth/token", {"Content-Length": "1000"}) + b"x" * 1000)
            answer = await refused.answer()
            assert (answer.status, answer.headers["retry-after"]) == (503, "2")
            known = await stack.enter_async_context(wire_to(server.port))
            await start(known, tenant, "GenieKey", 100_000)
            await known.send(b" " * 100_000)
            assert (await known.answer()).status == 400


async def test_a_body_that_never_finds_room_is_too_large(serve):
    async with serve(bytes_in_flight_limit=MEGABYTE) as server:
        tenant = await make_tenant(server, "default", app_key="com.example.app")
        for scheme, status in (("GenieKey", 413), ("JiraOAuth", 413), ("Datadog", 400)):
            async with wire_to(server.port) as wire:
                await start(wire, tenant, scheme, OWN_BYTES + 1)
                await wire.send(b" " * (OWN_BYTES + 1))
                assert (await wire.answer()).status == status


async def test_unpacked_bytes_are_counted(serve):
    async with serve(bytes_in_flight_limit=MEGABYTE) as server:
        tenant = await make_tenant(server, "default", app_key="com.example.app")
        text = json.dumps({"data": [f"again and again {number % 1000}" for number in range(15_000)]}).encode()[:400_000]
        packed = zlib.compress(text, 1, wbits=31)
        assert len(packed) * RATIO_LIMIT > len(text)

        async def send() -> int:
            async with wire_to(server.port) as wire:
                await start(wire, tenant, "Datadog", len(packed), **{"Content-Encoding": "gzip"})
                await wire.send(packed)
                return (await wire.answer()).status

        async with wire_to(server.port) as holder:
            await start(holder, tenant, "GenieKey", OWN_BYTES)
            await holder.send(b" " * 200_000)
            await holding(server, 200_000)
            assert await send() == 503
        await holding(server, 0)
        assert await send() == 400


@pytest.mark.parametrize("target, limit", [("/oauth/token", TOKEN_LIMIT_BYTES), (JENKINS, JENKINS_LIMIT_BYTES)])
async def test_what_is_read_before_anybody_proves_who_it_is_is_small(server, target, limit):
    await connect(server)
    for length, status in ((limit, 400), (limit + 1, 413)):
        async with wire_to(server.port) as wire:
            await wire.send(head("POST", target, {"Content-Length": str(length)}) + b"x" * length)
            assert (await wire.answer()).status == status


@pytest.mark.parametrize("scheme", ["GenieKey", "Iftrue", "JiraOAuth", "Ledger", "Datadog"])
async def test_a_text_counts_as_much_as_it_takes_in_memory(serve, scheme):
    """One character beyond U+FFFF makes each of the others four bytes long."""
    async with serve(bytes_in_flight_limit=MEGABYTE) as server:
        tenant = await make_tenant(server, "default", app_key="com.example.app")
        async with wire_to(server.port) as wire:
            for body, refusals in ((b"x" * 200_000, {400, 422}), (b"x" * 200_000 + "\N{PILE OF POO}".encode(), {400, 413})):
                await start(wire, tenant, scheme, len(body))
                await wire.send(body)
                answer = await wire.answer()
                assert answer.status in refusals, answer.body
            assert answer.status == 413 or b"large" in answer.body


async def holding(server, count: int) -> None:
    """Return once the server holds so many bytes of requests."""
    async with asyncio.timeout(20):
        while server.app.budget.held_bytes != count:  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0.005)
