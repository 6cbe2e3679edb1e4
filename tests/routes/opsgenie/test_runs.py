"""A known external id that is sent again: the same run, or another one."""

from __future__ import annotations

import itertools

import pytest

from tests.support.opsgenie import create_body, created, get, release, settled
from tests.support.services import TESTER

PATH = "/v2/deployments"
RUNS = [("2026-03-04T09:00:00.000Z", "2026-03-04T09:05:00.000Z"), ("2026-03-05T09:00:00.000Z", "2026-03-05T09:07:00.000Z")]


async def finish(client, completed_at, state="successful", external_id="build-77"):
    body = {"state": state, "completedAt": completed_at}
    answer = await client.patch(f"{PATH}/{external_id}/updateState", params={"type": "api"}, json=body)
    assert answer.status_code == 202
    return await settled(client, answer.json()["requestId"])


async def read_runs(server, client, slug):
    """What a search tells of the deployments of a repository, which gets a service of its own."""
    service_id = (await client.post("/v1/services", json={"name": slug})).json()["data"]["id"]
    await server.app.directory.map_repository(await server.organization_id(), service_id, f"acme/{slug}", by=TESTER)
    answer = await client.get(f"{PATH}/search", params={"serviceIds": service_id})
    return sorted((one["startedAt"], one.get("completedAt"), one["state"]) for one in answer.json()["data"])


async def test_a_create_that_starts_after_the_end_is_a_new_deployment_and_the_earlier_one_stays_whole(opsgenie):
    (start, end), (again, end_again) = RUNS
    first = await created(opsgenie, startedAt=start)
    await finish(opsgenie, end)
    whole = await get(opsgenie, first)
    second = await created(opsgenie, startedAt=again, message="Rollback")
    assert second != first
    assert (await get(opsgenie, "build-77", type="api"))["id"] == second
    await finish(opsgenie, end_again, state="failed")
    assert await get(opsgenie, first) == whole
    assert (whole["startedAt"], whole["completedAt"], whole["state"]) == (start, end, "successful")
    newest = await get(opsgenie, second)
    assert (newest["startedAt"], newest["completedAt"], newest["state"]) == (again, end_again, "failed")


@pytest.mark.parametrize(
    "again",
    [
        {},
        {"startedAt": "2026-03-04T09:02:00.000Z"},
        {"startedAt": "2026-03-04T09:05:00.000Z"},
        {"state": "successful", "startedAt": "2026-03-04T09:01:00.000Z", "completedAt": "2026-03-04T09:05:00.000Z"},
    ],
    ids=["same start", "start before the end", "start at the end", "reported as a whole"],
)
async def test_a_create_without_a_start_after_the_end_is_a_retry(opsgenie, again):
    (start, end), _ = RUNS
    first = await created(opsgenie, startedAt=start)
    await finish(opsgenie, end)
    assert await created(opsgenie, **{"startedAt": start, **again}) == first
    known = await get(opsgenie, first)
    assert (known["startedAt"], known["completedAt"], known["state"]) == (start, end, "successful")


async def test_a_second_create_while_the_first_goes_on_is_the_same_run_and_keeps_the_first_start(opsgenie):
    first = await created(opsgenie, startedAt="2026-03-04T09:00:00.000Z")
    assert await created(opsgenie, startedAt="2026-03-04T09:03:00.000Z") == first
    assert (await get(opsgenie, first))["startedAt"] == "2026-03-04T09:00:00.000Z"


REPORTS = [("create", RUNS[0][0]), ("finish", RUNS[0][1]), ("create", RUNS[1][0]), ("finish", RUNS[1][1])]


async def test_two_runs_are_two_deployments_in_every_order_of_arrival(server, opsgenie):
    for number, order in enumerate(one for one in itertools.permutations(REPORTS) if one[0][0] == "create"):
        name = f"order-{number}"
        for kind, moment in order:
            if kind == "create":
                await created(opsgenie, startedAt=moment, externalId=name, releases=[release(repository=name)])
            else:
                await finish(opsgenie, moment, external_id=name)
        assert await read_runs(server, opsgenie, name) == [(start, end, "successful") for start, end in RUNS], order
        assert (await get(opsgenie, name, type="api"))["startedAt"] == RUNS[1][0], order


async def test_a_late_final_report_moves_the_end_on_the_wire_only(opsgenie):
    first = await created(opsgenie, startedAt=RUNS[0][0])
    await finish(opsgenie, "2026-03-04T09:05:00.000Z")
    await finish(opsgenie, "2026-03-04T11:00:00.000Z", state="failed")
    known = await get(opsgenie, first)
    assert (known["state"], known["completedAt"]) == ("failed", "2026-03-04T11:00:00.000Z")


@pytest.mark.both_stores
async def test_creates_and_ends_that_are_sent_at_once_are_decided_in_the_order_of_their_acceptance(opsgenie):
    requests = []
    for start, end in RUNS:
        answer = await opsgenie.post(PATH, json=create_body(startedAt=start))
        requests.append(answer.json()["requestId"])
        body = {"state": "successful", "completedAt": end}
        answer = await opsgenie.patch(f"{PATH}/build-77/updateState", params={"type": "api"}, json=body)
        requests.append(answer.json()["requestId"])
    outcomes = [await settled(opsgenie, one) for one in requests]
    ids = [one["deploymentId"] for one in outcomes]
    assert ids[0] == ids[1] != ids[2] == ids[3]
    for deployment_id, (start, end) in zip(ids[::2], RUNS, strict=True):
        known = await get(opsgenie, deployment_id)
        assert (known["startedAt"], known["completedAt"], known["state"]) == (start, end, "successful")
