from __future__ import annotations

import itertools

import pytest

from tests.support.opsgenie import created, get, settled

PATH = "/v2/deployments"
ENDED_AT = "2026-03-04T09:44:00.000Z"


async def update_state(client, identifier, state="successful", completed_at=ENDED_AT, method="PATCH", query=""):
    body = {"state": state, "completedAt": completed_at}
    answer = await client.request(method, f"{PATH}/{identifier}/updateState{query}", json=body)
    assert answer.status_code == 202, answer.text
    return await settled(client, answer.json()["requestId"])


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize("name", ["type", "identifierType"])
async def test_the_state_is_updated_by_either_method_and_either_name_of_the_type(opsgenie, method, name):
    deployment_id = await created(opsgenie)
    data = await update_state(opsgenie, "build-77", method=method, query=f"?{name}=api")
    assert data["action"] == "Update State"
    assert data["status"] == "Deployment State updated successfully"
    assert data["deploymentId"] == deployment_id
    read = await get(opsgenie, deployment_id)
    assert (read["state"], read["completedAt"]) == ("successful", ENDED_AT)


async def test_the_pages_own_sequence_ends_successful_although_it_completes_before_it_began(opsgenie):
    deployment_id = await created(opsgenie, startedAt="2020-03-26T14:05:07.594Z")
    await update_state(opsgenie, deployment_id, completed_at="2019-11-07T14:44:02.374Z")
    read = await get(opsgenie, deployment_id)
    assert (read["state"], read["completedAt"]) == ("successful", "2019-11-07T14:44:02.374Z")


async def test_a_late_started_event_does_not_reopen_a_finished_deployment(opsgenie):
    deployment_id = await created(opsgenie, state="successful", completedAt=ENDED_AT)
    data = await update_state(opsgenie, deployment_id, "started", "2026-03-05T00:00:00Z")
    assert data["isSuccess"] is True
    read = await get(opsgenie, deployment_id)
    assert (read["state"], read["completedAt"]) == ("successful", ENDED_AT)


async def test_between_final_states_the_later_time_wins_and_failed_wins_a_tie(opsgenie):
    deployment_id = await created(opsgenie, state="failed", completedAt=ENDED_AT)
    await update_state(opsgenie, deployment_id, "successful")
    assert (await get(opsgenie, deployment_id))["state"] == "failed"
    await update_state(opsgenie, deployment_id, "successful", "2026-03-04T09:44:00.001Z")
    assert (await get(opsgenie, deployment_id))["state"] == "successful"


@pytest.mark.parametrize("states", list(itertools.permutations(["initial", "started", "successful"])))
async def test_any_order_of_reports_ends_in_the_same_state(opsgenie, states):
    times = {"initial": "2026-03-04T09:40:00Z", "started": "2026-03-04T09:41:00Z", "successful": ENDED_AT}
    deployment_id = await created(opsgenie, state="initial")
    for state in (*states, *states):
        await update_state(opsgenie, deployment_id, state, times[state])
    read = await get(opsgenie, deployment_id)
    assert (read["state"], read["completedAt"]) == ("successful", ENDED_AT)


async def test_the_zero_time_stands_for_the_time_of_arrival(opsgenie):
    deployment_id = await created(opsgenie)
    await update_state(opsgenie, deployment_id, completed_at="0001-01-01T00:00:00Z")
    read = await get(opsgenie, deployment_id)
    assert read["state"] == "successful"
    assert read["completedAt"] > "2026"


async def test_an_unknown_deployment_is_accepted_and_then_reported(impatient):
    data = await update_state(impatient, "nothing", query="?type=api")
    assert (data["isSuccess"], data["status"], data["deploymentId"]) == (False, "Deployment does not exist", "")


async def test_a_missing_time_is_refused_at_once(opsgenie):
    for completed_at in (None, ""):
        body = {"state": "successful", "completedAt": completed_at}
        answer = await opsgenie.patch(f"{PATH}/build-77/updateState?type=api", json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"] == {"completedAt": "should be provided"}


async def test_an_identifier_that_no_database_keeps_is_refused_at_once(opsgenie):
    answer = await opsgenie.patch(f"{PATH}/a%00b/updateState", json={"state": "failed", "completedAt": ENDED_AT})
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"identifier": "should not contain the character U+0000"}
