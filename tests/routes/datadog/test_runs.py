"""A known id that is sent again: the same deployment, one of another place, or another run."""

from __future__ import annotations

from tests.support.datadog import DORA, STARTED, create_body, list_body

CREATE = f"{DORA}/deployment"
HOUR = 3600
ID = "66adc9350f2cc9b250b69abddab733dd55e1a588"


async def create(client, start, lasts=60, **changes):
    times = {"started_at": STARTED + start, "finished_at": STARTED + start + lasts}
    response = await client.post(CREATE, json=create_body(id=ID, **times, **changes))
    assert response.status_code == 200, response.text
    assert response.json()["data"]["id"] == ID


async def list_all(client):
    response = await client.post(f"{DORA}/deployments", json=list_body(**{"from": "2026-03-01T00:00:00Z"}))
    assert response.status_code == 200, response.text
    return [one["attributes"] for one in response.json()["data"]]


async def read(client):
    return (await client.get(f"{DORA}/deployments/{ID}")).json()["data"]["attributes"]


async def test_one_commit_as_id_for_staging_and_production_is_two_deployments(datadog):
    await create(datadog, 0, env="staging")
    await create(datadog, HOUR, env="prod")
    assert (await read(datadog))["env"] == "prod"
    await create(datadog, 0, env="staging", version="1.2")
    assert sorted(one["env"] for one in await list_all(datadog)) == ["prod", "staging"]


async def test_one_id_for_two_services_is_two_deployments(datadog):
    await create(datadog, 0, service="shop")
    await create(datadog, 0, service="pay")
    assert sorted(one["service"] for one in await list_all(datadog)) == ["pay", "shop"]


async def test_a_start_after_the_known_finish_is_another_run_and_the_id_means_the_newest(datadog):
    await create(datadog, 0, version="1")
    await create(datadog, HOUR, version="2")
    assert [one["version"] for one in await list_all(datadog)] == ["2", "1"]
    assert (await read(datadog))["version"] == "2"


async def test_the_same_id_with_a_start_before_the_finish_corrects_the_deployment(datadog):
    await create(datadog, 0, lasts=60)
    await create(datadog, 0, lasts=90, version="2")
    await create(datadog, 30, lasts=90)
    assert len(await list_all(datadog)) == 1


async def test_runs_that_arrive_backwards_are_as_many(datadog):
    for start in (2 * HOUR, HOUR, 0):
        await create(datadog, start)
    assert len(await list_all(datadog)) == 3
