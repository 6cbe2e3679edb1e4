"""When settling is slow, a create is answered all the same: durable, with the id under which it will be found."""

from __future__ import annotations

import asyncio

import pytest

from shipledger.protocols.datadog import deployments, failures
from tests.support.datadog import DORA, create_body, failure_body, patch_body


@pytest.fixture
def gate(server, monkeypatch):
    """The worker rests until this is set, and nobody waits for it long."""
    opened = asyncio.Event()
    settle = server.app.worker._settle

    async def settle_later(tasks):
        await opened.wait()
        await settle(tasks)

    monkeypatch.setattr(server.app.worker, "_settle", settle_later)
    monkeypatch.setattr(deployments, "SETTLEMENT_SECONDS", 0.05)
    monkeypatch.setattr(failures, "SETTLEMENT_SECONDS", 0.05)
    yield opened
    opened.set()


async def wait_for(client, path):
    for _ in range(100):
        response = await client.get(path)
        if response.status_code == 200:
            return response
        await asyncio.sleep(0.05)
    raise AssertionError(path)


@pytest.mark.parametrize(
    "word, body, kind",
    [
        ("deployment", create_body(), "dora_deployment"),
        ("deployment", create_body(id="slow-000000000001"), "dora_deployment"),
        ("failure", failure_body(), "dora_failure"),
    ],
)
async def test_a_create_is_202_with_an_id_that_is_found_later(datadog, gate, word, body, kind):
    response = await datadog.post(f"{DORA}/{word}", json=body)
    assert response.status_code == 202
    assert response.json()["data"]["type"] == kind
    given_id = response.json()["data"]["id"]
    assert (await datadog.get(f"{DORA}/{word}/{given_id}")).status_code == 404
    gate.set()
    assert (await wait_for(datadog, f"{DORA}/{word}/{given_id}")).json()["data"]["id"] == given_id


async def test_two_slow_creates_of_one_deployment_are_found_by_both_ids(datadog, gate):
    ids = [(await datadog.post(f"{DORA}/deployment", json=create_body())).json()["data"]["id"] for _ in range(2)]
    gate.set()
    found = [(await wait_for(datadog, f"{DORA}/deployment/{given_id}")).json()["data"] for given_id in ids]
    assert ids[0] != ids[1]
    assert found[0] == found[1]


async def test_a_patch_and_a_delete_are_202_before_they_are_settled(server, datadog, gate):
    gate.set()
    mine = (await datadog.post(f"{DORA}/deployment", json=create_body(id="slow-000000000001"))).json()["data"]["id"]
    await wait_for(datadog, f"{DORA}/deployment/{mine}")
    gate.clear()
    patched = await datadog.patch(f"{DORA}/deployments/{mine}", json=patch_body(mine, change_failure=True))
    deleted = await datadog.delete(f"{DORA}/deployments/{mine}")
    assert (patched.status_code, deleted.status_code) == (202, 202)
