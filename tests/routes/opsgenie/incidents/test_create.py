from __future__ import annotations

import json

import pytest

from tests.support.opsgenie import changed_incident, created_incident, created_service, get_incident, incident_settled


async def create(client, **body):
    answer = await client.post("/v1/incidents/create", json=body)
    assert answer.status_code == 202, answer.text
    return await incident_settled(client, answer.json()["requestId"])


async def test_a_created_incident_has_every_member(client, service):
    body = {
        "message": "Checkout answers 500",
        "description": "Since 10:02",
        "priority": "P1",
        "tags": ["checkout", "a"],
        "details": {"region": "eu", "": "no name"} | {"zone": "1"},
        "responders": [{"type": "team", "name": "Core"}, {"type": "user", "username": "ada@example.com"}],
        "note": "Looking",
        "statusPageEntry": {"title": 7},
        "notifyStakeholders": "yes",
    }
    del body["details"][""]
    incident_id = await created_incident(client, service, **body)
    incident = await get_incident(client, incident_id)
    responders = [{**said, "id": one["id"]} for said, one in zip(body["responders"], incident["responders"], strict=True)]
    assert incident == {
        "id": incident_id,
        "tinyId": incident["tinyId"],
        "message": body["message"],
        "description": body["description"],
        "status": "open",
        "priority": "P1",
        "impactedServices": [service],
        "serviceId": service,
        "createdAt": incident["createdAt"],
        "updatedAt": incident["updatedAt"],
        "impactStartDate": incident["createdAt"],
        "ownerTeam": "",
        "responders": responders,
        "tags": ["checkout", "a"],
        "extraProperties": body["details"],
        "actions": [],
        "links": {
            "web": f"{str(client.base_url).rstrip('/')}/incidents/{incident_id}",
            "api": f"{str(client.base_url).rstrip('/')}/v1/incidents/{incident_id}",
        },
    }
    assert all(len(one["id"]) == len(incident_id) for one in responders)
    notes = (await client.get(f"/v1/incidents/{incident_id}/notes")).json()["data"]
    assert [note["note"] for note in notes] == ["Looking"]


async def test_a_responder_has_the_same_id_in_every_answer_and_incident(client, service):
    said = [{"type": "team", "name": "Core"}, {"type": "schedule", "id": "s1"}, {"type": "escalation", "name": "Nights"}]
    first = await get_incident(client, await created_incident(client, service, responders=said))
    second = await created_incident(client, service, message="Other")
    await changed_incident(client, "POST", f"{second}/responders", json={"responders": said})
    assert (await get_incident(client, second))["responders"] == first["responders"]
    answer = await client.get("/v1/incidents", params={"query": f"impactedServices:{service}"})
    assert [one["responders"] for one in answer.json()["data"]] == [first["responders"]] * 2
    assert first["responders"][1] == {"type": "schedule", "id": "s1"}


async def test_what_is_left_out_is_empty_and_the_priority_is_p3(client, service):
    empty = {"description": "", "priority": "", "note": None, "details": None, "responders": [], "tags": []}
    incident = await get_incident(client, await created_incident(client, service, **empty))
    members = ("description", "priority", "extraProperties", "responders", "tags")
    assert [incident[name] for name in members] == ["", "P3", {}, [], []]
    assert "impactEndDate" not in incident


async def test_the_request_status_names_the_key_and_the_incident(ledger, client, service):
    answer = await client.post("/v1/incidents/create", json={"message": "m", "serviceId": service})
    assert answer.json()["result"] == "Request will be processed"
    data = await incident_settled(client, answer.json()["requestId"])
    credentials = await ledger.app.store.list_credentials(await ledger.organization_id())
    assert data == {
        "success": True,
        "action": "Create",
        "processedAt": data["processedAt"],
        "integrationId": data["integrationId"],
        "isSuccess": True,
        "status": "Created incident",
        "incidentId": data["incidentId"],
    }
    assert data["integrationId"] in {credential.credential_id for credential in credentials}


async def test_the_impacted_services_are_the_union_and_each_counts_once(client, service):
    second, third = await created_service(client, f"{service} 2"), await created_service(client, f"{service} 3")
    braced = f"{{{third.upper()}}}"
    data = await create(client, message="m", serviceId=service, impactedServices=[second, service, braced])
    incident = await get_incident(client, data["incidentId"])
    assert incident["impactedServices"] == [service, second, third]
    data = await create(client, message="m", impactedServices=[third])
    assert (await get_incident(client, data["incidentId"]))["serviceId"] == third


async def test_a_service_that_does_not_exist_fails_the_request_later(client, service):
    for services in ({"serviceId": "695bce3d-4621-4630-8ae1-24eb89c22d6e"}, {"impactedServices": [service, "Checkout"]}):
        data = await create(client, message="m", **services)
        assert (data["isSuccess"], data["success"], data["incidentId"]) == (False, False, "")
        assert (data["action"], data["status"]) == ("Create", "Service does not exist")


async def test_tiny_ids_count_up_and_are_not_given_again(client, service):
    first, second = [await created_incident(client, service, message=f"Number {number}") for number in (1, 2)]
    tiny = [int((await get_incident(client, one))["tinyId"]) for one in (first, second)]
    assert tiny[1] == tiny[0] + 1
    assert (await get_incident(client, str(tiny[1]), identifierType="tiny"))["id"] == second
    assert (await changed_incident(client, "DELETE", str(tiny[1]), params={"identifierType": "tiny"}))["isSuccess"]
    third = await created_incident(client, service, message="Number 3")
    assert int((await get_incident(client, third))["tinyId"]) == tiny[1] + 1


async def test_a_create_that_is_sent_again_is_the_same_incident_while_nobody_has_touched_it(client, service):
    body = {"message": "Again", "serviceId": service, "tags": ["a"], "note": "n", "details": {"k": "v"}}
    first, again = [(await create(client, **body))["incidentId"] for _ in range(2)]
    assert again == first
    assert (await create(client, **{**body, "tags": ["b"]}))["incidentId"] != first
    await changed_incident(client, "POST", f"{first}/close")
    renewed = (await create(client, **body))["incidentId"]
    assert renewed != first
    assert (await create(client, **body))["incidentId"] == renewed
    assert (await get_incident(client, first))["status"] == "closed"
    notes = (await client.get(f"/v1/incidents/{renewed}/notes")).json()["data"]
    assert [note["note"] for note in notes] == ["n"]


async def test_the_same_incident_from_two_keys_is_two(ledger, client, service):
    body = {"message": "Seen by two", "serviceId": service, "tags": ["a"]}
    first = (await create(client, **body))["incidentId"]
    async with ledger.client(await ledger.issue()) as another:
        second = (await create(another, **body))["incidentId"]
        assert second != first
        assert (await create(another, **body))["incidentId"] == second
    assert (await create(client, **body))["incidentId"] == first
    found = (await client.get("/v1/incidents", params={"query": f"impactedServices:{service}"})).json()["data"]
    assert {one["id"] for one in found} == {first, second}


async def test_identifiers_may_have_braces_and_a_trailing_slash(client, service):
    incident_id = await created_incident(client, service)
    assert (await get_incident(client, f"%7B{incident_id.upper()}%7D"))["id"] == incident_id
    assert (await client.get(f"/v1/incidents/{incident_id}/")).status_code == 200


async def test_unknown_incidents_and_requests_are_not_found_without_the_error_type(client):
    paths = ("/v1/incidents/x", "/v1/incidents/99999?identifierType=tiny", "/v1/incidents/requests/x", "/v1/incidents/x/notes")
    for path in paths:
        answer = await client.get(path)
        assert answer.status_code == 404
        assert "X-Opsgenie-Errortype" not in answer.headers
        assert "does not exist" in answer.json()["message"]


async def test_the_status_of_a_deployment_is_none_of_an_incident(client, service):
    answer = await client.post("/v1/incidents/create", json={"message": "m", "serviceId": service})
    request_id = answer.json()["requestId"]
    await incident_settled(client, request_id)
    assert (await client.get(f"/v2/deployments/requests/{request_id}")).status_code == 404


WRONG_CREATES = [
    ({}, {"message": "should be provided", "serviceId": "should be provided"}),
    ({"message": "m" * 131, "serviceId": "s"}, {"message": "should have at most 130 characters"}),
    ({"message": [1], "serviceId": {}}, {"message": "should be a string", "serviceId": "should be a string"}),
    ({"message": "m", "impactedServices": []}, {"impactedServices": "should have at least one item"}),
    ({"message": "m", "impactedServices": ["s"] * 101}, {"impactedServices": "should have at most 100 items"}),
    ({"message": "m", "impactedServices": ["", 1]}, {"impactedServices[0]": "should be provided"}),
    ({"message": "m", "serviceId": "s", "priority": "P6"}, {"priority": "should be one of [ P1, P2, P3, P4, P5 ]"}),
    ({"message": "m", "serviceId": "s", "description": "d" * 15001}, {"description": "should have at most 15000 characters"}),
    ({"message": "m", "serviceId": "s", "tags": ["t"] * 101}, {"tags": "should have at most 100 items"}),
    ({"message": "m", "serviceId": "s", "tags": "t"}, {"tags": "should be a list"}),
    ({"message": "m", "serviceId": "s", "details": ["a"]}, {"details": "should be an object"}),
    ({"message": "m", "serviceId": "s", "details": {"a": [1]}}, {"details.a": "should be a string"}),
    ({"message": "m", "serviceId": "s", "details": {"": "a"}}, {"details": "should have names of 1 to 512 characters"}),
    ({"message": "m", "serviceId": "s", "responders": [{"type": "team"}]}, {"responders[0].id": "should be provided"}),
    ({"message": "m", "serviceId": "s", "responders": [{"type": "user", "username": ""}]}, {"responders[0].id": "provided"}),
    ({"message": "m", "serviceId": "s", "responders": [{"type": "all", "id": "1"}]}, {"responders[0].type": "user, team"}),
    ({"message": "m", "serviceId": "s", "note": "\0"}, {"note": "should not contain"}),
    ([], {"body": "should be an object"}),
]


@pytest.mark.parametrize("body, errors", WRONG_CREATES)
async def test_a_wrong_create_is_answered_with_every_wrong_member(client, body, errors):
    answer = await client.post("/v1/incidents/create", json=body)
    assert answer.status_code == 422
    assert answer.json()["message"] == "Request body is not processable. Please check the errors."
    for place, text in errors.items():
        assert text in answer.json()["errors"][place]


@pytest.mark.parametrize("content, status", [(b"", 400), (b"{", 400), (b"\xff", 400), (b"x" * 1_048_577, 413)])
async def test_a_body_that_cannot_be_read_is_refused(client, content, status):
    headers = {"Content-Type": "application/json"}
    assert (await client.post("/v1/incidents/create", content=content, headers=headers)).status_code == status
    wrong = {"Content-Type": "text/plain"}
    assert (await client.post("/v1/incidents/create", content=json.dumps({}), headers=wrong)).status_code == 415
