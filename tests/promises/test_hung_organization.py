"""While the statements of some organizations hang in the database, all others go on as if nothing were.

That is so on Citus while a worker is stopped (SIGSTOP), or does not answer for any other reason: the coordinator waits for it,
also when it is asked to cancel. Here a proxy before a plain PostgreSQL lets nothing pass that names one of these organizations.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import pytest

from shipledger.ingestion import committing, side_lanes
from shipledger.store.postgres import connection
from tests.support.hanging_proxy import HangingProxy, hanging_proxy
from tests.support.opsgenie import create_body
from tests.support.postgres import new_ledger_database, shared_server
from tests.support.server import SETTLED_WITHIN_SECONDS, Server, files_of, serving

HERE = ("here", "there")
HANGING = ("stuck", "jammed", "frozen")
STATEMENT_SECONDS = 8.0
SOON_SECONDS, MOSTLY_SECONDS = 6.0, 1.0
"""So long each use of those who go on may take, and half of them: a machine that others keep busy is slow. Without bounds they
wait until the statements of those who hang are over."""
POOL_SIZE = 6


class Installation:
    """A server, with a client for each organization, and its way to the database."""

    def __init__(self, server: Server, proxy: HangingProxy, clients: dict[str, httpx2.AsyncClient], ids: dict[str, str]) -> None:
        self.server = server
        self.proxy = proxy
        self.ids = ids
        self.clients = clients

    async def create(self, organization: str, number: int) -> httpx2.Response:
        """The answer to a create."""
        body = create_body(externalId=f"{organization}-{number}")
        return await self.clients[organization].post("/v2/deployments", json=body)

    async def read(self, organization: str, number: int) -> httpx2.Response:
        """A deployment."""
        path = f"/v2/deployments/{organization}-{number}?identifierType=api"
        return await self.clients[organization].get(path)

    async def use(self, organization: str, number: int) -> float:
        """How long it takes to create a deployment and to read it, in seconds."""
        began = time.monotonic()
        answer = await self.create(organization, number)
        assert answer.status_code == 202, answer.text
        await until(lambda: self.is_recorded(organization, number))
        return time.monotonic() - began

    async def is_accepted(self, organization: str, number: int) -> bool:
        """Whether a create is."""
        return (await self.create(organization, number)).status_code == 202

    async def is_recorded(self, organization: str, number: int) -> bool:
        """Whether a deployment is there."""
        return (await self.read(organization, number)).status_code == 200

    async def readiness(self) -> tuple[int, dict[str, str]]:
        """The status of readiness, and what it says."""
        async with self.server.client() as client:
            answer = await client.get("/readyz")
        return answer.status_code, answer.json()["checks"]

    async def is_whole(self) -> bool:
        """Whether all organizations are in reach."""
        return (await self.readiness())[1]["organizations"] == "ok"


@pytest.fixture
async def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Installation]:
    monkeypatch.setattr(connection, "GRACE_SECONDS", 0.5)
    monkeypatch.setattr(committing, "COMMIT_SECONDS", 2.0)
    monkeypatch.setattr(side_lanes, "ASKED_SECONDS", 2.0)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(new_ledger_database())
        proxy = await stack.enter_async_context(hanging_proxy(shared_server().port))
        through = url.replace(f":{shared_server().port}/", f":{proxy.port}/")
        limits = {"database_pool_size": POOL_SIZE, "database_statement_timeout_seconds": STATEMENT_SECONDS}
        server = await stack.enter_async_context(serving(through, **limits, **files_of(url, tmp_path)))
        clients, ids = {}, {}
        for slug in (*HERE, *HANGING):
            key = await server.issue(organization=slug)
            clients[slug] = await stack.enter_async_context(server.client(key, timeout=60))
            ids[slug] = await server.organization_id(slug)
        yield Installation(server, proxy, clients, ids)
        proxy.go_on()


async def test_others_write_and_read_at_once_and_nothing_acknowledged_is_lost(ledger: Installation) -> None:
    for slug in (*HERE, *HANGING):
        assert await ledger.use(slug, 0) < SETTLED_WITHIN_SECONDS
    ledger.proxy.hang(*(ledger.ids[slug] for slug in HANGING))
    writes = {(slug, number): asyncio.create_task(ledger.create(slug, number)) for slug in HANGING for number in range(1, 11)}
    reads = [asyncio.create_task(ledger.read(slug, 0)) for slug in HANGING for _ in range(10)]
    number, seconds, ends_at = 0, [0.0], time.monotonic() + 3
    while time.monotonic() < ends_at or not all(task.done() for task in (*writes.values(), *reads)):
        number += 1
        seconds += await asyncio.gather(*(ledger.use(slug, number) for slug in HERE))
        began = time.monotonic()
        status, checks = await ledger.readiness()
        assert status == 200, checks
        seconds.append(time.monotonic() - began)
    assert max(seconds) < SOON_SECONDS
    assert statistics.median(seconds) < MOSTLY_SECONDS
    assert ledger.proxy.hung > 0
    assert checks["store"] == "ok"
    assert checks["organizations"].startswith(f"Unreachable: {len(HANGING)}")
    for answer in [task.result() for task in (*writes.values(), *reads)]:
        assert answer.status_code in {202, 503}, answer.text
        assert answer.status_code == 202 or int(answer.headers["Retry-After"]) > 0
    ledger.proxy.go_on()
    acknowledged = [(slug, n) for (slug, n), task in writes.items() if task.result().status_code == 202]
    for slug in HANGING:
        await until(lambda slug=slug: ledger.is_accepted(slug, 99))
        acknowledged.append((slug, 99))
    for slug, n in acknowledged:
        await until(lambda slug=slug, n=n: ledger.is_recorded(slug, n))
    await until(ledger.is_whole)
    for slug, n in writes:  # whoever heard 503 sends again
        assert (await ledger.create(slug, n)).status_code == 202
    for slug in HANGING:
        assert await ledger.server.at(slug).count_deployments() == 12, "each of them once"


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Return once something is so. It is asked again and again, as a client would."""
    async with asyncio.timeout(SETTLED_WITHIN_SECONDS):
        while not await is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
