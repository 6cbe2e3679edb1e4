from __future__ import annotations

import pytest

from tests.support.opsgenie import accepted, settled

PATH = "/v2/deployments/requests"


async def test_the_status_tells_action_time_and_deployment(opsgenie):
    request_id = await accepted(opsgenie)
    data = await settled(opsgenie, request_id)
    assert set(data) == {"action", "processedAt", "isSuccess", "status", "deploymentId"}
    assert data["processedAt"].endswith("Z")
    assert len(data["processedAt"]) == len("2020-04-27T12:47:50.866Z")


async def test_the_id_in_a_status_answer_is_that_of_this_call(opsgenie):
    request_id = await accepted(opsgenie)
    await settled(opsgenie, request_id)
    answer = await opsgenie.get(f"{PATH}/{request_id}")
    assert answer.headers["X-Request-Id"] == answer.json()["requestId"] != request_id


@pytest.mark.parametrize("request_id", ["00000000-0000-4000-8000-000000000000", "x", "%00", "7", "%7B%7D"])
async def test_an_unknown_request_is_a_404_that_ends_the_polling(opsgenie, request_id):
    answer = await opsgenie.get(f"{PATH}/{request_id}")
    assert answer.status_code == 404
    assert answer.json()["message"] == "Request does not exist"
    assert "X-Opsgenie-Errortype" not in answer.headers


async def test_a_request_of_another_organization_does_not_exist(server, opsgenie):
    request_id = await accepted(opsgenie)
    await settled(opsgenie, request_id)
    async with server.client(await server.issue(organization="charlie")) as charlie:
        answer = await charlie.get(f"{PATH}/{request_id}")
    assert answer.status_code == 404
    assert answer.json()["message"] == "Request does not exist"


async def test_every_repeat_of_a_create_is_a_success_with_the_known_id(opsgenie):
    first = await settled(opsgenie, await accepted(opsgenie))
    again = await settled(opsgenie, await accepted(opsgenie))
    assert again["isSuccess"] is True
    assert again["status"] == "Deployment successfully created"
    assert again["deploymentId"] == first["deploymentId"]
