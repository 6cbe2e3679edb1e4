"""Every sample of the contract, sent through the front door or compared with what we answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shipledger.access.issuing import Limits
from tests.support.opsgenie import accepted, changed_incident, create_body, created, created_incident, created_service, settled
from tests.support.services import TESTER

FOLDER = Path(__file__).resolve().parents[2] / "contract" / "opsgenie"
SAMPLES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}

UNIT_TESTED = {
    "error-422-indexed-response": "other fields of another API in the same form: test_bodies.py",
    "error-422-response": "other fields of another API in the same form: test_bodies.py",
    "get-api-response": "test_answers.py",
    "get-pipelines-response": "test_answers.py, as the importer does not exist yet",
    "request-status-not-processed-response": "test_routes.py, as the real ledger settles too soon",
}

PREPARED = {"get-own-response", "incident-list-response", "service-list-response"}
"""Requests that need something to be there first."""

STATUSES = {
    "create-payload-request": 202,
    "create-request": 202,
    "get-by-external-id-request": 404,
    "get-by-id-request": 404,
    "get-by-pipelines-uuid-request": 404,
    "request-status-request": 404,
    "search-request": 200,
    "service-create-request": 201,
    "update-request": 202,
    "update-state-by-external-id-request": 202,
    "update-state-by-id-request": 202,
}
"""What a request whose sample shows no answer is answered on an empty ledger."""

REPLAYED = [name for name, sample in SAMPLES.items() if "request" in sample and name not in PREPARED]
FRAGMENTS = [name for name, sample in SAMPLES.items() if "fragment" in sample]
VARYING = {"took", "requestId", "processedAt", "deploymentId", "incidentId", "integrationId", "id"}


async def send(client, sample):
    request = sample["request"]
    headers = {name: value for name, value in request["headers"].items() if name.lower() != "authorization"}
    content = request["body_text"] if "body_text" in request else json.dumps(request["body"]) if "body" in request else None
    return await client.request(request["method"], request["target"], headers=headers, content=content)


def assert_contains(actual, expected, path=""):
    """Every member of ``expected`` is in ``actual``, in the same order; of what varies only the type counts."""
    if isinstance(expected, dict):
        assert isinstance(actual, dict), path
        assert [name for name in actual if name in expected] == list(expected), f"{path}: order"
        for name, value in expected.items():
            assert name in actual, f"{path}.{name} is missing"
            if name in VARYING:
                assert type(actual[name]) is type(value), f"{path}.{name}"
                assert bool(actual[name]) == bool(value), f"{path}.{name}"
            else:
                assert_contains(actual[name], value, f"{path}.{name}")
    elif isinstance(expected, list):
        assert isinstance(actual, list), path
        assert len(actual) == len(expected), path
        for index, item in enumerate(expected):
            assert_contains(actual[index], item, f"{path}[{index}]")
    else:
        assert actual == expected, path


def assert_answers(answer, sample):
    response = sample["response"]
    assert answer.status_code == response["status"]
    assert_contains(answer.json(), response.get("body", response.get("body_contains", {})))
    for name, value in response.get("headers", {}).items():
        if name in {"X-Request-Id", "X-Response-Time"} or name.startswith("X-Paging"):
            assert answer.headers[name]
        else:
            assert answer.headers[name] == value


def test_every_sample_is_used():
    answers = {name for name, sample in SAMPLES.items() if "request" not in sample and "fragment" not in sample}
    assert answers == {*ANSWERS, *UNIT_TESTED}
    assert set(STATUSES) == {name for name in REPLAYED if "response" not in SAMPLES[name]}


@pytest.mark.parametrize("name", REPLAYED)
async def test_a_sample_request_is_answered_as_its_sample_says(opsgenie, name):
    answer = await send(opsgenie, SAMPLES[name])
    if name in STATUSES:
        assert answer.status_code == STATUSES[name], answer.text
    else:
        assert_answers(answer, SAMPLES[name])
        assert answer.headers.get("X-Opsgenie-Errortype") is None
    assert answer.headers["X-Request-Id"] == answer.json()["requestId"]


@pytest.mark.parametrize("name", FRAGMENTS)
async def test_a_sample_fragment_is_accepted_in_a_create(opsgenie, name):
    data = await settled(opsgenie, await accepted(opsgenie, **SAMPLES[name]["fragment"]))
    assert data["isSuccess"] is True


@pytest.mark.both_stores
async def test_get_answers_what_the_sample_of_our_own_answer_shows(opsgenie):
    sample = SAMPLES["get-own-response"]
    data = sample["response"]["body"]["data"]
    environment = {name: data["environment"][name] for name in ("type", "id", "displayName")}
    kept = ("externalId", "state", "startedAt", "completedAt", "message", "description", "externalLink", "releases")
    await created(opsgenie, environment=environment, **{name: data[name] for name in kept})
    answer = await send(opsgenie, sample)
    assert_answers(answer, sample)
    assert list(answer.json()["data"]) == list(data)


@pytest.mark.both_stores
async def test_the_list_of_services_is_paged_as_the_sample_shows(opsgenie):
    sample = SAMPLES["service-list-response"]
    (first,) = sample["response"]["body"]["data"]
    kept = ("name", "description", "teamId", "tags", "visibility")
    await opsgenie.post("/v1/services", json={name: first[name] for name in kept})
    await opsgenie.post("/v1/services", json={"name": "Payments"})
    answer = await send(opsgenie, sample)
    body, expected = answer.json(), sample["response"]["body"]
    base = str(opsgenie.base_url).rstrip("/")
    assert {name: body["data"][0][name] for name in kept} == {name: first[name] for name in kept}
    assert list(body["data"][0]) == list(first)
    for name, link in expected["paging"].items():
        path = link.removeprefix("http://127.0.0.1:8080")
        assert body["paging"][name] == base + path == answer.headers[f"X-Paging-{name.capitalize()}"]
    assert list(body["paging"]) == list(expected["paging"])
    assert body["totalCount"] == expected["totalCount"]


async def test_incidents_are_listed_as_the_sample_shows(opsgenie):
    sample = SAMPLES["incident-list-response"]
    expected = sample["response"]["body"]
    service_id = await created_service(opsgenie)
    for wanted in reversed(expected["data"]):
        kept = {name: wanted[name] for name in ("message", "description", "priority", "responders")}
        incident_id = await created_incident(opsgenie, service_id, **kept)
        if wanted["status"] == "resolved":
            await changed_incident(opsgenie, "POST", f"{incident_id}/resolve")
    target = sample["request"]["target"].replace(expected["data"][0]["impactedServices"][0], service_id)
    answer = await opsgenie.get(target)
    body = answer.json()
    for found, wanted in zip(body["data"], expected["data"], strict=True):
        assert list(found) == [*wanted, "serviceId"]
        assert [list(one) for one in found["responders"]] == [list(one) for one in wanted["responders"]]
        assert list(found["links"]) == list(wanted["links"])
        same = ("message", "description", "status", "priority", "ownerTeam", "responders", "tags", "extraProperties", "actions")
        assert {name: found[name] for name in same} == {name: wanted[name] for name in same}
        assert all(type(found[name]) is type(wanted[name]) for name in wanted)
    base = str(opsgenie.base_url).rstrip("/")
    for name, link in expected["paging"].items():
        path = link.removeprefix("http://127.0.0.1:8080").replace(expected["data"][0]["impactedServices"][0], service_id)
        assert body["paging"][name] == base + path == answer.headers[f"X-Paging-{name.capitalize()}"]
    assert list(body["paging"]) == list(expected["paging"])
    assert body["totalCount"] == expected["totalCount"]
    assert answer.headers["Content-Type"] == sample["response"]["headers"]["Content-Type"]


async def answer_create(server, client):
    return await client.post("/v2/deployments", json=create_body())


async def answer_status_of_create(server, client):
    request_id = await accepted(client)
    await settled(client, request_id)
    return await client.get(f"/v2/deployments/requests/{request_id}")


async def answer_status_of_change(client, path, body):
    request_id = (await client.patch(path, json=body)).json()["requestId"]
    await settled(client, request_id)
    return await client.get(f"/v2/deployments/requests/{request_id}")


STATE = {"state": "successful", "completedAt": "2019-11-07T14:44:02.374Z"}


async def answer_update_state(server, client):
    return await client.patch("/v2/deployments/x/updateState", json=STATE)


async def answer_status_of_state(server, client):
    return await answer_status_of_change(client, f"/v2/deployments/{await created(client)}/updateState", STATE)


async def answer_update(server, client):
    return await client.patch("/v2/deployments/x/update", json={"message": "m"})


async def answer_status_of_update(server, client):
    return await answer_status_of_change(client, f"/v2/deployments/{await created(client)}/update", {"message": "m"})


async def answer_search(server, client):
    """The shape of a row; the sample's rows come from an importer."""
    service_id = (await client.post("/v1/services", json={"name": "Shop"})).json()["data"]["id"]
    await server.app.directory.map_repository(await server.organization_id(), service_id, "acme/shop", by=TESTER)
    await created(client, description="d", state="successful", completedAt="2026-03-04T09:44:00.000Z")
    return await client.get("/v2/deployments/search", params={"serviceIds": service_id})


async def answer_unauthenticated(server, client):
    return await client.get("/v2/deployments/x", headers={"Authorization": "GenieKey unknown"})


async def answer_forbidden(server, client):
    key = await server.issue(kind="native")
    return await client.get("/v2/deployments/x", headers={"Authorization": f"GenieKey {key}"})


async def answer_throttled(server, client):
    key = await server.issue(limits=Limits(requests_per_minute=1))
    headers = {"Authorization": f"GenieKey {key}"}
    await client.get("/v2/deployments/x", headers=headers)
    return await client.get("/v2/deployments/x", headers=headers)


async def answer_service_create(server, client):
    return await send(client, SAMPLES["service-create-request"])


async def answer_incident_status(server, client):
    members = {"message": "m", "serviceId": await created_service(client)}
    request_id = (await client.post("/v1/incidents/create", json=members)).json()["requestId"]
    await settled(client, request_id, api="/v1/incidents")
    return await client.get(f"/v1/incidents/requests/{request_id}")


ANSWERS = {
    "create-accepted-response": answer_create,
    "create-status-failure-response": None,
    "create-status-success-response": answer_status_of_create,
    "error-401-response": answer_unauthenticated,
    "error-403-response": answer_forbidden,
    "error-429-response": answer_throttled,
    "incident-status-success-response": answer_incident_status,
    "search-response": None,
    "service-create-response": answer_service_create,
    "update-accepted-response": answer_update,
    "update-state-accepted-response": answer_update_state,
    "update-state-status-response": answer_status_of_state,
    "update-status-response": answer_status_of_update,
    "update-unknown-deployment": None,
}


@pytest.mark.parametrize("name", [name for name, answer in ANSWERS.items() if answer])
async def test_we_answer_what_a_sample_answer_shows(server, opsgenie, name):
    assert_answers(await ANSWERS[name](server, opsgenie), SAMPLES[name])


@pytest.mark.both_stores
async def test_search_answers_the_members_of_the_sample(server, opsgenie):
    (row,) = (await answer_search(server, opsgenie)).json()["data"]
    sample = SAMPLES["search-response"]["response"]["body"]["data"][0]
    assert list(row) == list(sample)
    assert list(row["environment"]) == list(sample["environment"])


async def test_an_unknown_workspace_is_refused_as_the_sample_shows(serve):
    async with serve(opsgenie_unknown_workspace="refuse") as server, server.client(await server.issue()) as client:
        sample = SAMPLES["create-releases-fragment"]["fragment"]
        request_id = await accepted(client, **sample)
        await settled(client, request_id)
        answer = await client.get(f"/v2/deployments/requests/{request_id}")
        assert_answers(answer, SAMPLES["create-status-failure-response"])


async def test_an_unknown_deployment_is_reported_as_the_sample_shows(impatient):
    answer = await answer_status_of_change(impatient, "/v2/deployments/x/updateState?type=api", STATE)
    assert_answers(answer, SAMPLES["update-unknown-deployment"])
