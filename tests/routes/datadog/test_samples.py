"""Every sample of the contract that is served, sent through the front door or compared with what we answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shipledger.access.issuing import Limits
from tests.support.datadog import DORA, client_of, create_body, failure_body, issue_keys

FOLDER = Path(__file__).resolve().parents[2] / "contract" / "datadog"
SAMPLES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*-*.json"))}

NOT_SERVED = {"git-search-commits"}
SHAPES = {name for name in SAMPLES if name.startswith(("get-deployment-", "get-failure", "list-"))} - {
    "get-deployment-old-python-client",
    "get-deployment-unknown",
    "list-deployments-without-type",
    "list-failures-without-type",
}
"""Answers that show a shape and do not follow from a request of the folder."""
MARKS = {"patch-deployment", "patch-deployment-by-version", "patch-deployment-by-version-with-remediation"}
"""Marks of something that must be there first."""

REPLAYED = sorted(set(SAMPLES) - NOT_SERVED - SHAPES - MARKS)


async def send(client, sample):
    request = sample["request"]
    headers = {name: value for name, value in request["headers"].items() if not name.startswith("DD-")}
    content = json.dumps(request["body"]) if "body" in request else None
    return await client.request(request["method"], request["target"], headers=headers, content=content)


def contains(actual, expected):
    if isinstance(expected, dict):
        return all(contains(actual[name], value) for name, value in expected.items())
    if isinstance(expected, list):
        return all(contains(one, value) for one, value in zip(actual, expected, strict=False))
    return actual == expected


def assert_answers(response, sample):
    expected = sample["response"]
    assert response.status_code == expected["status"], response.text
    for name, value in expected.get("headers", {}).items():
        assert response.headers[name] == value
    if "body_text" in expected:
        assert response.text == expected["body_text"]
    if "body_contains" in expected:
        assert contains(response.json(), expected["body_contains"])
    if "body" in expected:
        body = expected["body"]
        if "the id varies" in sample.get("response_evidence", ""):
            body["data"]["id"] = response.json()["data"]["id"]
        assert response.json() == body


@pytest.mark.parametrize("name", REPLAYED)
async def test_a_documented_request_is_answered_as_its_sample_says(datadog, name):
    sample = SAMPLES[name]
    for given in sample.get("given", []):
        assert (await send(datadog, SAMPLES[given])).status_code == 200
    assert_answers(await send(datadog, sample), sample)


@pytest.mark.parametrize("name", sorted(MARKS))
async def test_a_documented_mark_is_answered_as_its_sample_says(datadog, name):
    data = SAMPLES[name]["request"]["body"]["data"]
    said = {member: data["attributes"][member] for member in ("service", "env", "version") if member in data["attributes"]}
    made = (await datadog.post(f"{DORA}/deployment", json=create_body(**said))).json()["data"]["id"]
    sample = json.loads(json.dumps(SAMPLES[name]).replace("z_RwVLi7v4Y", made))
    assert_answers(await send(datadog, sample), sample)


@pytest.mark.parametrize("name", ["get-deployment-reference", "get-deployment-date-time", "list-deployments-full-objects"])
async def test_what_we_answer_has_the_documented_members(datadog, name):
    documented = SAMPLES[name]["response"]["body"]["data"]
    for number, shown in enumerate(documented if isinstance(documented, list) else [documented]):
        attributes = dict(shown["attributes"])
        if "git" in attributes:
            git = attributes["git"]
            attributes["git"] = {"commit_sha": git["commit_sha"], "repository_url": f"https://{git['repository_id']}"}
        sent = {**attributes, "started_at": 1_693_491_974, "finished_at": 1_693_491_984, "id": f"sample-00000000000{number}"}
        assert (await datadog.post(f"{DORA}/deployment", json=create_body(**sent))).status_code == 200
        answered = (await datadog.get(f"{DORA}/deployments/sample-00000000000{number}")).json()["data"]
        times = {"started_at": "2023-08-31T14:26:14Z", "finished_at": "2023-08-31T14:26:24Z"}
        expected = {**shown["attributes"], **times}
        if "git" in expected:
            expected["git"] = {**expected["git"], "repository_url": f"https://{expected['git']['repository_id']}"}
        assert answered["attributes"] == expected


@pytest.mark.both_stores
async def test_a_ci_run_sent_twice_is_one_deployment(datadog):
    sample = SAMPLES["create-from-datadog-ci"]
    first, second = await send(datadog, sample), await send(datadog, sample)
    assert first.json() == second.json()


async def test_no_keys_are_answered_as_the_sample_says(server):
    sample = SAMPLES["get-deployment-not-authorized"]
    async with server.client() as anonymous:
        assert_answers(await anonymous.get(f"{DORA}/deployments/x"), sample)


@pytest.mark.parametrize("name", ["get-failure", "list-failures-full-objects"])
async def test_what_we_answer_of_a_failure_has_the_documented_members(datadog, name):
    documented = SAMPLES[name]["response"]["body"]["data"]
    for number, shown in enumerate(documented if isinstance(documented, list) else [documented]):
        seconds = {"started_at": 1_693_492_174, "finished_at": 1_693_492_274}
        times = {"started_at": "2023-08-31T14:29:34Z", "finished_at": "2023-08-31T14:31:14Z"}
        said = {member: seconds[member] for member in times if member in shown["attributes"]}
        sent = {**shown["attributes"], **said, "id": f"sample-00000000000{number}"}
        assert (await datadog.post(f"{DORA}/failure", json=failure_body(**sent))).is_success
        answered = (await datadog.get(f"{DORA}/failures/sample-00000000000{number}")).json()["data"]
        assert answered["attributes"] == {**shown["attributes"], **{member: times[member] for member in said}}
        assert answered["type"] == shown["type"]


@pytest.mark.both_stores
async def test_a_failure_sent_when_it_is_over_is_the_one_that_was_sent_when_it_began(datadog):
    sample = SAMPLES["failure-start-then-end"]
    begun = json.loads(json.dumps(sample))
    del begun["request"]["body"]["data"]["attributes"]["finished_at"]
    first, second = await send(datadog, begun), await send(datadog, sample)
    assert first.json() == second.json()
    attributes = (await datadog.get(f"{DORA}/failures/{first.json()['data']['id']}")).json()["data"]["attributes"]
    assert attributes["finished_at"] == "2026-03-05T12:00:00Z"


@pytest.mark.parametrize("kind, create", [("deployment", create_body), ("failure", failure_body)])
async def test_a_documented_list_finds_what_it_shows(datadog, kind, create):
    sample = SAMPLES[f"list-{kind}s"]
    (shown,) = sample["response"]["body"]["data"]
    sent = shown["attributes"] | {"started_at": 1_735_725_600} | ({"finished_at": 1_735_725_660} if kind == "deployment" else {})
    made = (await datadog.post(f"{DORA}/{kind}", json=create(**sent))).json()["data"]["id"]
    await datadog.post(f"{DORA}/{kind}", json=create(**{**sent, "env": "staging"}))
    times = {"started_at": "2025-01-01T10:00:00Z", "finished_at": "2025-01-01T10:01:00Z"}
    said = {name: times.get(name, value) for name, value in shown["attributes"].items()}
    expected = {**sample["response"], "body": {"data": [{**shown, "id": made, "attributes": said}]}}
    assert_answers(await send(datadog, sample), {"response": expected})


async def test_too_many_requests_are_answered_as_the_sample_says(server):
    expected = SAMPLES["get-deployment-too-many-requests"]["response"]
    async with client_of(server, await issue_keys(server, limits=Limits(requests_per_minute=1))) as datadog:
        while (answer := await datadog.get(f"{DORA}/deployments/x")).status_code == 404:
            pass
    assert (answer.status_code, answer.json()) == (429, expected["body"])
    varying = {
        "x-ratelimit-limit": "1",
        "x-ratelimit-reset": answer.headers["Retry-After"],
        "Retry-After": answer.headers["Retry-After"],
    }
    assert {name: answer.headers[name] for name in expected["headers"]} == expected["headers"] | varying
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
