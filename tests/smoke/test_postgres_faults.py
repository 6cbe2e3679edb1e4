"""PostgreSQL is away, restarted, or cut off in mid-commit, and a node falls silent: nothing is lost, and all recover alone."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterator

import httpx2
import pytest

from tests.smoke import aftermath
from tests.smoke.cluster import Cluster, make_node, postgres_cluster
from tests.smoke.pounding import Acknowledged, Pounding
from tests.support.cutting_proxy import CuttingProxy, cutting_proxy
from tests.support.opsgenie import create_body
from tests.support.plain_http import no_certificates
from tests.support.program import RunningServer
from tests.support.questions import ask

pytestmark = pytest.mark.smoke

RECOVERED_WITHIN_SECONDS = 30.0
LEFT_BY_THE_SECOND = """
    SELECT count(*) FROM receipt WHERE state = 'pending' AND claimed_by = (SELECT max(node_id) FROM node)
"""
CUT_CREATES = 6


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two nodes on a PostgreSQL of their own."""
    with asyncio.Runner() as runner:
        context = postgres_cluster(tmp_path_factory.mktemp("cluster"))
        yield runner.run(context.__aenter__())
        runner.run(context.__aexit__(None, None, None))


def client_of(node: RunningServer, key: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        base_url=node.url, headers={"Authorization": f"GenieKey {key}"}, timeout=30, trust_env=False, verify=no_certificates()
    )


async def create(client: httpx2.AsyncClient, external_id: str) -> Acknowledged:
    """What a client does that is patient: it sends again what was refused for now."""
    deadline = time.monotonic() + RECOVERED_WITHIN_SECONDS
    while (answer := await client.post("/v2/deployments", json=create_body(externalId=external_id))).status_code != 202:
        assert answer.status_code == 503, answer.text
        assert int(answer.headers["Retry-After"]) > 0
        assert time.monotonic() < deadline, "still refusing"
        await asyncio.sleep(0.1)
    return Acknowledged(request_id=answer.json()["requestId"], operation="create", external_id=external_id)


async def pound(cluster: Cluster, *, seed: int) -> tuple[Pounding, asyncio.Event, asyncio.Task[None]]:
    """Load on all nodes, under way."""
    pounding, stop = Pounding(*(node.url for node in cluster.nodes), key=cluster.key, seed=seed), asyncio.Event()
    task = asyncio.create_task(pounding.run(until=stop))
    await acknowledge(pounding, 20)
    return pounding, stop, task


async def acknowledge(pounding: Pounding, more: int) -> None:
    """Return once so many more writes are acknowledged."""
    enough = len(pounding.acknowledged) + more
    async with asyncio.timeout(RECOVERED_WITHIN_SECONDS):
        while len(pounding.acknowledged) < enough:  # noqa: ASYNC110  the load has no signal
            await asyncio.sleep(0.01)


async def test_while_the_database_is_away_writes_are_refused_for_now_and_then_accepted_again(cluster: Cluster):
    assert cluster.postgres is not None
    async with client_of(cluster.nodes[0], cluster.key) as client:
        before = await create(client, "before")
        await asyncio.to_thread(cluster.postgres.kill)
        for _ in range(3):
            answer = await client.post("/v2/deployments", json=create_body(externalId="meanwhile"))
            assert answer.status_code == 503, answer.text
            assert int(answer.headers["Retry-After"]) > 0
            assert "database" in answer.json()["message"]
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503
        await asyncio.to_thread(cluster.postgres.start)
        written = [before, await create(client, "meanwhile"), await create(client, "after")]
        async with asyncio.timeout(RECOVERED_WITHIN_SECONDS):
            while (await client.get("/readyz")).status_code != 200:  # noqa: ASYNC110  nobody tells when it is ready
                await asyncio.sleep(0.1)
    await asyncio.to_thread(aftermath.check, cluster.nodes[1], written)


async def test_a_restart_of_the_database_under_load_loses_nothing(cluster: Cluster):
    assert cluster.postgres is not None
    pounding, stop, load = await pound(cluster, seed=11)
    await asyncio.to_thread(cluster.postgres.stop)
    await asyncio.to_thread(cluster.postgres.start)
    await acknowledge(pounding, 20)
    stop.set()
    await load
    assert set(pounding.statuses) <= {202, 503}, pounding.statuses
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in pounding.refused)
    await asyncio.to_thread(aftermath.check, cluster.nodes[0], pounding.acknowledged)


async def test_a_commit_that_is_cut_is_looked_after_and_takes_effect_once(cluster: Cluster, tmp_path):
    assert cluster.postgres is not None
    async with cutting_proxy(cluster.postgres.port) as proxy:
        url = cluster.nodes[0].database_url.replace(f":{cluster.postgres.port}/", f":{proxy.port}/")
        node = make_node(tmp_path, url, 3)
        try:
            await asyncio.to_thread(node.start)
            async with client_of(node, cluster.key) as client:
                written = [await _create_while_cut(client, proxy, number) for number in range(CUT_CREATES)]
            await asyncio.to_thread(aftermath.check, cluster.nodes[0], written)
            await asyncio.to_thread(aftermath.check_status, cluster.nodes[0], cluster.key, written)
            assert await asyncio.to_thread(node.terminate) == 0
        finally:
            node.close()


async def _create_while_cut(client: httpx2.AsyncClient, proxy: CuttingProxy, number: int) -> Acknowledged:
    """Cut in turn: before the commit, after it, and after the commit that settles."""
    cuts = proxy.cuts
    if number % 3 == 0:
        proxy.cut_before_commit()
    elif number % 3 == 1:
        proxy.cut_after_commit()
    written = await create(client, f"cut-{number}")
    if number % 3 == 2:
        proxy.cut_after_commit()
    async with asyncio.timeout(RECOVERED_WITHIN_SECONDS):
        while proxy.cuts == cuts:  # noqa: ASYNC110  at the latest when the node says that it lives
            await asyncio.sleep(0.02)
    return written


async def test_what_a_silent_node_had_claimed_is_settled_by_others_and_once(cluster: Cluster):
    silent = cluster.nodes[1]
    pounding, stop, load = await pound(cluster, seed=12)
    try:
        await _silence_amid_work(silent, cluster.nodes[0])
        stop.set()
        await asyncio.to_thread(aftermath.wait_until_settled, cluster.nodes[0])
    finally:
        silent.signal(signal.SIGCONT)
    await load
    await asyncio.to_thread(aftermath.check, cluster.nodes[0], pounding.acknowledged)
    async with client_of(silent, cluster.key) as client:
        written = await create(client, "back again")
    await asyncio.to_thread(aftermath.check, silent, [*pounding.acknowledged, written])
    await asyncio.to_thread(aftermath.verify, cluster.nodes[0])


async def _silence_amid_work(silent: RunningServer, other: RunningServer) -> None:
    """Stop the process at a moment when receipts are left that only it may settle."""
    async with asyncio.timeout(RECOVERED_WITHIN_SECONDS):
        while True:
            silent.signal(signal.SIGSTOP)
            await asyncio.sleep(0.3)
            if (await asyncio.to_thread(ask, other.database_url, LEFT_BY_THE_SECOND))[0][0]:
                return
            silent.signal(signal.SIGCONT)
            await asyncio.sleep(0.05)
