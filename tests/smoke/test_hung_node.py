"""A node that hangs while a rebuild goes on without it does no harm when it wakes."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from shipledger.errors import Conflict
from shipledger.ingestion.rebuild import rebuild_projections
from shipledger.store.contract import Store
from tests.smoke import aftermath
from tests.smoke.cluster import make_node
from tests.support.opsgenie import created, get, settled
from tests.support.plain_http import no_certificates
from tests.support.postgres import new_ledger_database
from tests.support.program import RunningServer
from tests.support.questions import ask
from tests.support.stores import opened

pytestmark = pytest.mark.smoke

SILENT_SECONDS = 1.0
STRUCK_OFF_WITHIN_SECONDS = 30.0
UNAVAILABLE = 3
VERDICTS = "SELECT count(*) FROM verdict NATURAL JOIN (SELECT receipt_id FROM receipt WHERE protocol = 'opsgenie') AS sent"
RECEIPTS = "SELECT count(*) FROM receipt WHERE protocol = 'opsgenie'"


@pytest.fixture
async def database_url() -> AsyncIterator[str]:
    async with new_ledger_database() as url:
        yield url


@pytest.fixture
async def node(database_url: str, tmp_path: Path) -> AsyncIterator[RunningServer]:
    """A node that decides at once, and does not wait for a deployment that it does not find."""
    running = make_node(tmp_path, database_url, 1, SHIPLEDGER_UPDATE_WAIT_SECONDS="0")
    await asyncio.to_thread(running.start)
    yield running
    running.close()


def client_of(node: RunningServer, key: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        base_url=node.url, headers={"Authorization": f"GenieKey {key}"}, timeout=30, trust_env=False, verify=no_certificates()
    )


async def test_a_node_that_wakes_amid_a_rebuild_decides_nothing_by_what_is_missing_and_ends(
    database_url: str, node: RunningServer
):
    key = await asyncio.to_thread(node.credential)
    async with opened(database_url) as store, client_of(node, key) as client:
        await created(client, externalId="one")
        node.signal(signal.SIGSTOP)
        await begin_rebuild_without(store)
        await store.clear_projections()

        change = {"state": "successful", "completedAt": "2026-03-04T10:00:00Z"}
        sending = asyncio.create_task(client.patch("/v2/deployments/one/updateState?type=api", json=change))
        await asyncio.sleep(0.5)  # the request is there when the node wakes
        node.signal(signal.SIGCONT)
        answer = await sending
        assert answer.status_code == 202, answer.text
        assert await asyncio.to_thread(node.wait, STRUCK_OFF_WITHIN_SECONDS) == UNAVAILABLE
        assert await asyncio.to_thread(ask, database_url, VERDICTS) == [(1,)]
        assert await asyncio.to_thread(ask, database_url, RECEIPTS) == [(2,)]
        assert "took over its work" in node.log.read_text()

        await asyncio.to_thread(node.spawn)
        assert await asyncio.to_thread(node.wait) == 1, "it starts amid a rebuild"
        await rebuild_projections(store, advance=lambda _done, _of: None, report=lambda _: None)
        await store.end_rebuild()
    await asyncio.to_thread(node.start)
    async with client_of(node, key) as client:
        assert (await settled(client, answer.json()["requestId"]))["isSuccess"]
        assert (await get(client, "one", identifierType="api"))["state"] == "successful"
    await asyncio.to_thread(aftermath.verify, node)


async def begin_rebuild_without(store: Store) -> None:
    """Begin as soon as the node that hangs is taken for dead."""
    async with asyncio.timeout(STRUCK_OFF_WITHIN_SECONDS):
        while True:
            try:
                await store.begin_rebuild(silent_seconds=SILENT_SECONDS)
            except Conflict:
                await asyncio.sleep(0.1)
            else:
                return
