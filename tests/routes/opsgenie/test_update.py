from __future__ import annotations

from tests.support.opsgenie import created, get, settled

PATH = "/v2/deployments"


async def update(client, identifier, body, query=""):
    answer = await client.patch(f"{PATH}/{identifier}/update{query}", json=body)
    assert answer.status_code == 202, answer.text
    return await settled(client, answer.json()["requestId"])


async def test_every_member_is_changed_and_the_others_stay(opsgenie):
    deployment_id = await created(opsgenie)
    before = await get(opsgenie, deployment_id)
    changes = {
        "externalLink": "http://demo.in",
        "description": "test_description",
        "message": "test_message",
        "externalId": "test_externalId",
        "startedAt": "2020-08-07T14:44:02.374Z",
    }
    data = await update(opsgenie, deployment_id, changes)
    assert (data["action"], data["status"]) == ("Update", "Deployment updated successfully")
    assert await get(opsgenie, deployment_id) == before | changes
    assert (await get(opsgenie, "test_externalId", type="api"))["id"] == deployment_id
    assert (await opsgenie.get(f"{PATH}/build-77?type=api")).status_code == 404


async def test_an_empty_text_clears_and_an_empty_external_id_is_ignored(opsgenie):
    deployment_id = await created(opsgenie, description="d", externalLink="https://ci.example.com")
    await update(opsgenie, "build-77", {"message": "", "description": "", "reference": "", "externalId": ""}, "?type=api")
    read = await get(opsgenie, deployment_id)
    assert not {"message", "description", "externalLink"} & set(read)
    assert read["externalId"] == "build-77"


async def test_state_environment_and_releases_cannot_be_changed_here(opsgenie):
    deployment_id = await created(opsgenie)
    before = await get(opsgenie, deployment_id)
    await update(opsgenie, deployment_id, {"message": "m", "state": "failed", "environment": {}, "releases": []})
    assert await get(opsgenie, deployment_id) == before | {"message": "m"}


async def test_a_changed_external_id_does_not_change_how_repeats_are_recognized(opsgenie):
    deployment_id = await created(opsgenie)
    await update(opsgenie, deployment_id, {"externalId": "other", "startedAt": "2020-01-01T00:00:00Z"})
    assert await created(opsgenie) == deployment_id


async def test_an_update_of_nothing_is_refused(opsgenie):
    answer = await opsgenie.patch(f"{PATH}/x/update", json={"unknown": 1})
    assert answer.status_code == 422
    text = "should have at least one of externalLink, description, message, externalId, startedAt"
    assert answer.json()["errors"] == {"body": text}


async def test_a_pipelines_deployment_is_refused_at_once(opsgenie):
    for name in ("type", "identifierType"):
        answer = await opsgenie.patch(f"{PATH}/x/update?{name}=pipelines", json={"message": "x"})
        assert answer.status_code == 422
        assert answer.json()["errors"] == {name: "Update is not supported for pipelines deployments"}


async def test_an_unknown_deployment_is_accepted_and_then_reported(impatient):
    data = await update(impatient, "nothing", {"message": "x"})
    assert (data["isSuccess"], data["status"], data["deploymentId"]) == (False, "Deployment does not exist", "")


async def test_put_is_no_method_of_update(opsgenie):
    answer = await opsgenie.put(f"{PATH}/x/update", json={"message": "x"})
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "PATCH"
