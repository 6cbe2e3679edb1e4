"""The outermost layer, over the real application: what is answered when something goes wrong outside an endpoint."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from shipledger.errors import Unavailable
from shipledger.ledger.receipt_listing import ReceiptFilter


async def test_a_fault_of_ours_is_answered_in_the_protocol_s_envelope_and_logged_under_its_request_id(
    server, opsgenie, monkeypatch
):
    async def fail(*_: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(server.app.store, "find_deployment", fail)
    with capture_logs() as lines:
        answer = await opsgenie.get("/v2/deployments/7b25450b-c668-4eb4-b75c-77333ca1ada7")
    assert answer.status_code == 500
    assert answer.json()["message"] == "Internal Server Error"
    assert "secret inside" not in answer.text
    failure = next(line for line in lines if line["log_level"] == "error")
    assert failure["request_id"] == answer.headers["x-request-id"] == answer.json()["requestId"]


async def test_a_store_that_is_away_is_answered_503_with_retry_after(server, opsgenie, monkeypatch):
    async def fail(*_: object, **__: object) -> None:
        raise Unavailable("store", "The database cannot be reached.", retry_after_seconds=3)

    monkeypatch.setattr(server.app.store, "append_receipts", fail)
    answer = await opsgenie.post("/v2/deployments", json=BODY)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "3"
    assert answer.json()["message"] == "The database cannot be reached."


async def test_a_stopping_server_refuses_writes_still_reads_and_says_that_it_is_not_ready(server, opsgenie, anonymous):
    await server.app.dispatcher.stop(1)
    refused = await opsgenie.post("/v2/deployments", json=BODY)
    assert refused.status_code == 503
    assert refused.headers["retry-after"]
    assert (await opsgenie.get("/v2/deployments/search?serviceIds=x")).status_code == 200
    ready = await anonymous.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["checks"]["server"] == "The server is stopping."
    assert (await anonymous.get("/healthz")).status_code == 200


async def test_stopping_waits_for_the_requests_under_way(server, opsgenie, monkeypatch):
    entered, may_go_on = asyncio.Event(), asyncio.Event()
    append = server.app.store.append_receipts

    async def dawdle(*arguments: object, **options: object) -> None:
        entered.set()
        await may_go_on.wait()
        await append(*arguments, **options)

    monkeypatch.setattr(server.app.store, "append_receipts", dawdle)
    writing = asyncio.create_task(opsgenie.post("/v2/deployments", json=BODY))
    await entered.wait()
    stopping = asyncio.create_task(server.app.dispatcher.stop(5))
    await asyncio.sleep(0.05)
    assert not stopping.done()
    may_go_on.set()
    await stopping
    assert (await writing).status_code == 202


async def test_a_full_queue_is_answered_503_and_nothing_is_recorded(serve, monkeypatch):
    entered, may_go_on = asyncio.Event(), asyncio.Event()
    async with serve(intake_queue_limit=1) as server, server.client(await server.issue()) as client:
        append = server.app.store.append_receipts

        async def dawdle(*arguments: object, **options: object) -> None:
            entered.set()
            await may_go_on.wait()
            await append(*arguments, **options)

        monkeypatch.setattr(server.app.store, "append_receipts", dawdle)
        try:
            accepted = [asyncio.create_task(client.post("/v2/deployments", json=BODY))]
            await entered.wait()
            others = [asyncio.create_task(client.post("/v2/deployments", json=BODY)) for _ in range(3)]
            refused, waiting = await asyncio.wait(others, return_when=asyncio.FIRST_COMPLETED)
        finally:
            may_go_on.set()
        assert {one.result().status_code for one in refused} == {503}
        assert all(one.result().headers["retry-after"] for one in refused)
        answers = await asyncio.gather(*accepted, *waiting)
        kept = await server.app.store.list_receipts(await server.organization_id(), ReceiptFilter())
        assert len(kept) == sum(one.status_code == 202 for one in answers) > 0


async def test_head_is_answered_as_get_without_a_body(opsgenie):
    answer = await opsgenie.head("/v2/deployments/search?serviceIds=x")
    assert answer.status_code == 200
    assert answer.content == b""


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/ledger/openapi.json", "/ledger/docs"])
async def test_operators_need_no_credential(anonymous, path):
    assert (await anonymous.get(path)).status_code == 200


async def test_the_metrics_tell_what_was_accepted_and_settled(server, opsgenie, anonymous):
    answer = await opsgenie.post("/v2/deployments", json=BODY)
    await opsgenie.get(f"/v2/deployments/requests/{answer.json()['requestId']}")
    text = (await anonymous.get("/metrics")).text
    assert 'shipledger_receipts_accepted_total{protocol="opsgenie"} 1.0' in text
    assert 'shipledger_receipts_settled_total{verdict="applied"} 1.0' in text
    assert "shipledger_receipts_pending 0.0" in text


BODY = {
    "state": "started",
    "environment": {"type": "Test", "id": "lab"},
    "startedAt": "2026-03-04T05:06:07Z",
    "releases": [{"repository": {"workspace": {"identifier": "acme"}, "repoSlug": "shop"}, "commit": {"sha": "0c9135c"}}],
}
