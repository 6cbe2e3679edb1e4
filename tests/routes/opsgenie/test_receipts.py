"""What the API says of receipts, and of deployments that others removed."""

from __future__ import annotations

from msgspec.structs import replace

from tests.support.opsgenie import create_body, release, settled
from tests.support.pen import new_pen

CREATE = "/v2/deployments"


async def test_the_receipt_holds_the_body_as_sent_and_its_id_is_the_request_id(place, opsgenie):
    raw = b'\xef\xbb\xbf{"state": "failed", "completedAt": "2026-03-04T05:10:00Z", "unknown": 1 }'
    answer = await opsgenie.patch("/v2/deployments/job%2F77/updateState?identifierType=api", content=raw)
    assert answer.status_code == 202
    request_id = answer.json()["requestId"]
    receipt = (await place.app.store.find_receipt(await place.organization_id(), request_id)).receipt
    assert request_id == answer.headers["X-Request-Id"]
    assert receipt.body == raw.decode()
    assert (receipt.protocol, receipt.operation) == ("opsgenie", "update-state")
    assert receipt.parameters == {"identifier": "job/77", "identifierType": "api"}


async def test_a_request_that_waits_makes_clients_poll_and_one_that_was_set_aside_has_failed(server, opsgenie):
    store, now = server.app.store, server.app.clock.now()
    pen = await new_pen(store, now=now)
    request_id = await pen.leave_pending(at=now, claimed_by=server.app.roster._node_id)
    answer = await opsgenie.get(f"{CREATE}/requests/{request_id}")
    assert answer.status_code == 404
    assert answer.headers["X-Opsgenie-Errortype"] == "RequestNotProcessed"
    assert answer.json()["message"] == "Request not processed"
    assert answer.headers["X-Request-Id"] == answer.json()["requestId"] != request_id

    kept = await store.find_receipt(pen.organization_id, request_id)
    await store.quarantine_receipt(kept.receipt, failure="KeyError", now=now)
    data = (await opsgenie.get(f"{CREATE}/requests/{request_id}")).json()["data"]
    assert (data["isSuccess"], data["deploymentId"]) == (False, "")
    assert "because of an internal error" in data["status"]


async def test_a_receipt_of_another_protocol_is_no_request_of_this_one(server, opsgenie):
    now = server.app.clock.now()
    pen = await new_pen(server.app.store, now=now)
    receipt = replace(pen.receipt("create", at=now), protocol="jira")
    await server.app.store.append_receipts([receipt], claimed_by=server.app.roster._node_id)
    answer = await opsgenie.get(f"{CREATE}/requests/{receipt.receipt_id}")
    assert answer.status_code == 404
    assert answer.json()["message"] == "Request does not exist"
    assert "X-Opsgenie-Errortype" not in answer.headers


async def test_an_unknown_workspace_that_is_refused_is_named_as_it_was_sent(serve):
    async with serve(opsgenie_unknown_workspace="refuse") as server, server.client(await server.issue()) as client:
        for kind, word, identifier in (("name", "name", "acme"), ("bbcUuid", "uuid", "{A}")):
            repository = {"workspace": {"identifier": identifier, "type": kind}, "repoSlug": "shop"}
            body = create_body(releases=[release() | {"repository": repository}])
            data = await settled(client, (await client.post(CREATE, json=body)).json()["requestId"])
            assert data["isSuccess"] is False
            assert data["status"] == f"Bitbucket Integration with {word}: {identifier} not found"


async def test_a_removed_deployment_is_not_found(server, opsgenie):
    now = server.app.clock.now()
    pen = await new_pen(server.app.store, now=now)
    _, verdict = await pen.record(at=now)
    assert (await opsgenie.get(f"{CREATE}/{verdict.deployment_id}")).status_code == 200
    await pen.remove(verdict.deployment_id, at=now)
    assert (await opsgenie.get(f"{CREATE}/{verdict.deployment_id}")).status_code == 404
