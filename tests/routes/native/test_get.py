"""``GET /ledger/v1/deployments/{id}`` and ``GET /ledger/v1/requests/{id}``."""

from __future__ import annotations

import pytest

from tests.support import opsgenie
from tests.support.native import TARGET, deployment, started


async def test_a_deployment_is_read_as_it_was_answered(native):
    written = (await native.post(TARGET, json=deployment())).json()
    read = (await native.get(f"{TARGET}/{written['id']}")).json()
    assert read == {name: value for name, value in written.items() if name not in {"request_id", "verdict"}}
    assert (await native.get(f"{TARGET}/{{{written['id'].upper()}}}")).json() == read


@pytest.mark.both_stores
async def test_a_deployment_of_another_protocol_is_read_too(native, place):
    async with place.client(await place.issue()) as client:
        sent = await client.post("/v2/deployments", json=opsgenie.create_body(externalId="build-1"))
        await place.count_deployments()
        status = (await client.get(f"/v2/deployments/requests/{sent.json()['requestId']}")).json()["data"]
    read = (await native.get(f"{TARGET}/{status['deploymentId']}")).json()
    assert (read["external_id"], read["source"]) == ("build-1", "opsgenie")
    assert read["releases"][0]["repository"].startswith("bitbucket.org/")


@pytest.mark.both_stores
@pytest.mark.parametrize("path", [f"{TARGET}/nothing", "/ledger/v1/requests/nothing", f"{TARGET}/%00", "/ledger/v1/requests/%FF"])
async def test_what_is_not_there_is_404(native, path):
    missing = await native.get(path)
    assert (missing.status_code, missing.headers["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.both_stores
async def test_the_verdict_of_a_request_is_found_by_its_id(native):
    await native.post(TARGET, json=deployment())
    late = (await native.post(TARGET, json=started())).json()
    told = (await native.get(f"/ledger/v1/requests/{late['request_id']}")).json()
    assert (told["request_id"], told["state"]) == (late["request_id"], "settled")
    assert told["accepted_at"] <= told["settled_at"]
    of_one = {"record_kind": "deployment", "record_id": late["id"], "deployment_id": late["id"]}
    assert told["verdicts"] == [late["verdict"] | of_one | {"incident_id": None, "pull_request_id": None}]
    assert late["verdict"]["sentence"].startswith("Ignored: the deployment is successful")


@pytest.mark.parametrize(
    "method, path, status", [("GET", "/ledger/v1/nothing", 404), ("GET", "/ledger/v1", 404), ("PUT", TARGET, 405)]
)
async def test_what_is_not_served_is_told_in_the_words_of_this_api(native, method, path, status):
    answer = await native.request(method, path)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_server_that_stops_refuses_writes_and_says_so(native, server):
    server.app.dispatcher.refuse_writes()
    refused = await native.post(TARGET, json=deployment())
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) >= 1
