"""What the routes do with what the ledger tells them; the front door itself is tested in tests/routes/opsgenie."""

from __future__ import annotations

import uuid

import pytest
from msgspec.structs import replace

from shipledger.access.limits import Throttle
from shipledger.errors import Unavailable
from shipledger.ledger.receipt import ReceiptState
from tests.protocols.opsgenie.bodies_for_tests import create_body, release

CREATE = "/v2/deployments"


async def test_the_receipt_holds_the_body_as_sent_and_its_id_is_the_request_id(client, ledger):
    raw = b'\xef\xbb\xbf{"state": "failed", "completedAt": "2026-03-04T05:10:00Z", "unknown": 1 }'
    answer = await client.patch("/v2/deployments/job%2F77/updateState?identifierType=api", content=raw)
    (receipt,) = ledger.receipts
    assert answer.status_code == 202
    assert answer.json()["requestId"] == answer.headers["X-Request-Id"] == receipt.receipt_id
    assert receipt.body == raw.decode()
    assert (receipt.protocol, receipt.operation) == ("opsgenie", "update-state")
    assert receipt.parameters == {"identifier": "job/77", "identifierType": "api"}


async def test_a_throttled_call_is_told_when_to_come_back(client, ledger):
    ledger.throttled = Throttle(is_exceeded=True, period_seconds=1, retry_after_seconds=0)
    answer = await client.post(CREATE, json=create_body())
    assert answer.status_code == 429
    assert answer.json()["message"] == "You are making too many requests!"
    assert answer.headers["X-RateLimit-State"] == "THROTTLED"
    assert answer.headers["X-RateLimit-Reason"] == "ACCOUNT"
    assert answer.headers["X-RateLimit-Period-In-Sec"] == "1"
    assert answer.headers["Retry-After"] == "1"
    assert not ledger.receipts


async def test_a_write_that_was_not_recorded_is_a_503_to_be_repeated(client, ledger):
    ledger.failure = Unavailable("store", "The database is busy; send the request again.", retry_after_seconds=3)
    answer = await client.post(CREATE, json=create_body())
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "3"
    assert answer.json()["message"] == "The database is busy; send the request again."


async def test_a_request_that_waits_has_the_error_type_that_makes_clients_poll(client, ledger):
    ledger.is_settling = False
    request_id = (await client.post(CREATE, json=create_body())).json()["requestId"]
    answer = await client.get(f"{CREATE}/requests/{request_id}")
    assert answer.status_code == 404
    assert answer.headers["X-Opsgenie-Errortype"] == "RequestNotProcessed"
    assert answer.json()["message"] == "Request not processed"
    assert answer.headers["X-Request-Id"] == answer.json()["requestId"] != request_id


async def test_a_quarantined_request_is_answered_as_failed(client, ledger):
    request_id = (await client.post(CREATE, json=create_body())).json()["requestId"]
    quarantined = replace(ledger.settlements[request_id], state=ReceiptState.QUARANTINED, verdicts=(), settled_at=None)
    ledger.settlements[request_id] = quarantined
    data = (await client.get(f"{CREATE}/requests/{request_id}")).json()["data"]
    assert (data["isSuccess"], data["deploymentId"]) == (False, "")
    assert "because of an internal error" in data["status"]


async def test_a_receipt_of_another_protocol_is_no_request_of_this_one(client, ledger):
    request_id = (await client.post(CREATE, json=create_body())).json()["requestId"]
    ledger.settlements[request_id] = replace(ledger.settlements[request_id], protocol="jira")
    answer = await client.get(f"{CREATE}/requests/{request_id}")
    assert answer.status_code == 404
    assert answer.json()["message"] == "Request does not exist"
    assert "X-Opsgenie-Errortype" not in answer.headers


@pytest.mark.parametrize("kind, word, identifier", [("name", "name", "acme"), ("bbcUuid", "uuid", "{A}")])
async def test_an_unknown_workspace_that_is_refused_is_named_as_it_was_sent(client, ledger, kind, word, identifier):
    ledger.connected = frozenset({"bitbucket.org/other"})
    repository = {"workspace": {"identifier": identifier, "type": kind}, "repoSlug": "shop"}
    body = create_body(releases=[release(repository=repository)])
    request_id = (await client.post(CREATE, json=body)).json()["requestId"]
    data = (await client.get(f"{CREATE}/requests/{request_id}")).json()["data"]
    assert data["isSuccess"] is False
    assert data["status"] == f"Bitbucket Integration with {word}: {identifier} not found"


async def test_a_removed_deployment_is_not_found(client, ledger):
    await client.post(CREATE, json=create_body())
    ((deployment_id, deployment),) = ledger.deployments.items()
    ledger.deployments[deployment_id] = replace(deployment, is_removed=True)
    assert (await client.get(f"{CREATE}/{deployment_id}")).status_code == 404


async def test_search_reads_both_forms_of_lists_and_every_spelling_of_a_uuid(client, ledger):
    one, other = str(uuid.uuid4()), str(uuid.uuid4())
    query = (
        f"serviceIds={one},%7B{other.upper()}%7D&serviceIds=x,&environmentIds=prod&environmentIds={one}&limit=7&paginationKey=3"
    )
    answer = await client.get(f"{CREATE}/search?{query}")
    assert answer.status_code == 200
    (search,) = ledger.searches
    assert search.service_ids == (one, other, "x")
    assert {"prod", one, f"{{{one}}}"} <= set(search.environment_ids)
    assert (search.limit, search.offset) == (7, 3)


async def test_links_use_the_host_of_the_request_whatever_it_is(client):
    for host in ("ledger.test", "[", "a b"):
        answer = await client.get("/v1/services", headers={"Host": host})
        assert answer.json()["paging"]["first"] == f"http://{host}/v1/services?limit=20&order=asc&offset=0"
