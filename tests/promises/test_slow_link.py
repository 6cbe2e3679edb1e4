"""Two nodes on one PostgreSQL, to which one of them has a long way: nothing that was acknowledged is rejected as unknown."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.support.opsgenie import accepted, get, settled
from tests.support.postgres import new_ledger_database
from tests.support.server import Server, serving
from tests.support.slow_link import locked_table, slow_link

TOKEN_KEY = "a-key-for-a-database-without-a-folder"
LONGEST_DELAY_SECONDS = 0.05
UPDATE_WAIT_SECONDS = 1
LOCKED_SECONDS = 2.0
"""Longer than an update waits for its create."""

DEPLOYMENTS = 12
START = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
async def database_url() -> AsyncIterator[str]:
    async with new_ledger_database() as url:
        yield url


@pytest.fixture(scope="module")
async def nodes(database_url: str) -> AsyncIterator[tuple[Server, Server]]:
    """A node beside the database, and one with a long way to it."""
    chance = random.Random(20261130)
    settings = {"token_key": TOKEN_KEY, "update_wait_seconds": UPDATE_WAIT_SECONDS}
    async with (
        slow_link(urlsplit(database_url).port or 0, lambda: chance.uniform(0, LONGEST_DELAY_SECONDS)) as link,
        serving(database_url, **settings) as near,
        serving(link.rewrite(database_url), **settings) as far,
    ):
        yield near, far


@pytest.fixture
async def clients(nodes: tuple[Server, Server]) -> AsyncIterator[tuple[httpx2.AsyncClient, httpx2.AsyncClient]]:
    """A client of each node, of one organization."""
    near, far = nodes
    key = await near.issue()
    async with near.client(key) as first, far.client(key) as second:
        yield first, second


async def change(client: httpx2.AsyncClient, path: str, body: dict[str, str]) -> str:
    answer = await client.patch(f"/v2/deployments/{path}?type=api", json=body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["requestId"])


async def test_updates_at_one_node_find_what_was_created_at_the_other(database_url, clients):
    near, far = clients
    names = [f"build-{number}" for number in range(DEPLOYMENTS)]
    async with locked_table(database_url, "deployment_alias"):
        requests = []
        for name in names:
            await accepted(near, externalId=name)
            requests.append(
                await change(far, f"{name}/updateState", {"state": "successful", "completedAt": "2026-03-04T10:00:00Z"})
            )
            requests.append(await change(far, f"{name}/update", {"message": f"Message of {name}"}))
        await asyncio.sleep(LOCKED_SECONDS)
    outcomes = [await settled(far, request_id) for request_id in requests]
    assert [outcome for outcome in outcomes if not outcome["isSuccess"]] == []
    for name in names:
        shown = await get(near, name, identifierType="api")
        assert (shown["state"], shown["message"]) == ("successful", f"Message of {name}")


async def test_runs_under_one_name_that_come_through_both_nodes_in_turn_are_as_many_deployments(clients, nodes):
    starts = [START + timedelta(minutes=10 * run) for run in range(6)]
    requests = []
    for run, start in enumerate(starts):
        client = clients[run % 2]
        requests.append(await accepted(client, externalId="rerun", startedAt=start.isoformat()))
        end = {"state": "failed", "completedAt": (start + timedelta(minutes=5)).isoformat()}
        requests.append(await change(clients[(run + 1) % 2], "rerun/updateState", end))
    for request_id in requests:
        assert (await settled(clients[0], request_id))["isSuccess"]
    store = nodes[0].app.store
    organization_id = await nodes[0].organization_id()
    found = await store.scan_deployments(
        organization_id, services=(), started_from=starts[0], started_until=starts[-1], is_ascending=True, after=None, limit=100
    )
    runs = [(one.started_at, one.ended_at) for one in found if one.external_id == "rerun"]
    assert runs == [(start, start + timedelta(minutes=5)) for start in starts]
