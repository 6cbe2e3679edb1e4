"""Three nodes behind a real HAProxy, with the configuration of ``deploy/systemd``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from tests.smoke import aftermath
from tests.smoke.cluster import Cluster, postgres_cluster
from tests.smoke.pounding import Pounding
from tests.support.haproxy import HAProxy
from tests.support.opsgenie import create_body
from tests.support.plain_http import no_certificates

pytestmark = pytest.mark.smoke

KILLED_AFTER = 100
ENOUGH = 300
"""Writes that are acknowledged before a node is killed, and at the end."""


@pytest.fixture(scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    async with postgres_cluster(tmp_path_factory.mktemp("cluster"), nodes=3) as started:
        yield started


@pytest.fixture
def balancer(cluster: Cluster, tmp_path: Path) -> Iterator[HAProxy]:
    """It has found a node that takes work."""
    running = HAProxy(tmp_path, [node.port for node in cluster.nodes])
    try:
        running.wait_until("/healthz", 200)
        yield running
    finally:
        running.close()


def authorize(key: str) -> dict[str, str]:
    return {"Authorization": f"GenieKey {key}"}


def send_create(balancer: HAProxy, key: str, external_id: str) -> httpx2.Response:
    body = create_body(externalId=external_id)
    return httpx2.post(
        f"{balancer.url}/v2/deployments", json=body, headers=authorize(key), timeout=20, trust_env=False, verify=no_certificates()
    )


async def test_a_node_that_is_killed_under_load_costs_nothing_that_was_acknowledged(cluster: Cluster, balancer: HAProxy) -> None:
    killed = cluster.nodes[1]
    pounding = Pounding(balancer.url, key=cluster.key, seed=83)
    pounded = asyncio.create_task(pounding.run(until=asyncio.Event(), enough=lambda: len(pounding.acknowledged) >= ENOUGH))
    async with asyncio.timeout(30):
        while len(pounding.acknowledged) < KILLED_AFTER:  # noqa: ASYNC110  the load has no signal for a test
            await asyncio.sleep(0.01)
        await asyncio.to_thread(killed.kill)
        await pounded
    assert "ConnectError" not in pounding.statuses
    assert len(pounding.cut_off) <= 8, "more than the requests that eight connections had in hand"
    await asyncio.to_thread(aftermath.check, cluster.nodes[0], pounding.acknowledged)


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/readyz?why", "/%6detrics", "/ready%7a"])
def test_what_tells_of_the_inside_is_not_shown_however_it_is_spelled(cluster: Cluster, balancer: HAProxy, path: str) -> None:
    direct, balanced = (
        httpx2.get(f"{url}{path}", trust_env=False, verify=no_certificates()) for url in (cluster.nodes[0].url, balancer.url)
    )
    assert direct.status_code == 200
    assert balanced.status_code == 403


def test_a_slash_within_an_identifier_arrives_as_it_was_sent(cluster: Cluster, balancer: HAProxy) -> None:
    request_id = send_create(balancer, cluster.key, "team/app").json()["requestId"]
    found = balancer.wait_until("/v2/deployments/team%2Fapp?identifierType=api", 200, authorize(cluster.key))
    status = balancer.wait_until(f"/v2/deployments/requests/{request_id}", 200, authorize(cluster.key))
    assert found.json()["data"]["id"] == status.json()["data"]["deploymentId"]


async def test_while_the_database_is_away_the_nodes_say_so_in_the_words_of_the_api(cluster: Cluster, balancer: HAProxy) -> None:
    assert cluster.postgres is not None
    await asyncio.to_thread(cluster.postgres.stop, "immediate")
    try:
        await asyncio.to_thread(_wait_until_no_node_is_ready, cluster)
        refused = await asyncio.to_thread(send_create, balancer, cluster.key, "while-away")
    finally:
        await asyncio.to_thread(cluster.postgres.start)
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.json().keys() >= {"message", "requestId"}
    await asyncio.to_thread(balancer.wait_until, "/v2/deployments/while-away?identifierType=api", 404, authorize(cluster.key))
    assert (await asyncio.to_thread(send_create, balancer, cluster.key, "while-away")).status_code == 202


def _wait_until_no_node_is_ready(cluster: Cluster) -> None:
    for node in filter(lambda node: node.is_running, cluster.nodes):
        while httpx2.get(f"{node.url}/readyz", timeout=20, trust_env=False, verify=no_certificates()).status_code != 503:
            pass


def test_when_no_node_is_left_the_balancer_asks_to_come_again(cluster: Cluster, balancer: HAProxy) -> None:
    for node in cluster.nodes:
        node.close()
    answer = balancer.wait_until("/healthz", 503)
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.text == "No node answers."
