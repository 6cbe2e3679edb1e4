"""Creates that were refused: people see them, with the reasons and without secrets."""

from __future__ import annotations

import pytest

from shipledger.ledger.receipt_listing import ReceiptFilter
from tests.support.datadog import DORA, client_of, create_body, failure_body, issue_keys
from tests.support.site import Html


async def receipts(server):
    await server.count_deployments()
    return await server.app.store.list_receipts(await server.organization_id(), ReceiptFilter())


@pytest.mark.parametrize("word, body", [("deployment", create_body), ("failure", failure_body)])
async def test_a_refused_create_is_rejected_with_its_reasons_for_all_to_see(server, datadog, word, body):
    assert (await datadog.post(f"{DORA}/{word}", json=body(id="short", version=[5]))).status_code == 400
    (record,) = await receipts(server)
    (verdict,) = record.settlement.verdicts
    assert verdict.kind == "rejected"
    page = Html((await datadog.get("/requests")).text)
    for words in ("Rejected", 'attribute "id" must have 16 to 128 characters', 'attribute "version" must be a string'):
        assert words in page.text
    assert "checkout" in record.receipt.body


@pytest.mark.parametrize("url", ["https://ci:not-a-real-token@github.com", "ci:not/a-real-token@x", 5])
async def test_no_password_of_a_refused_create_is_kept(server, datadog, database, url):
    body = create_body(git={"repository_url": url, "commit_sha": "short"}, custom_tags=["not-a-real-token"])
    body["data"]["attributes"]["note"] = "not-a-real-token"
    assert (await datadog.post(f"{DORA}/deployment", json=body)).status_code == 400
    assert len(await receipts(server)) == 1
    for path in database.parent.glob("shipledger.db*"):
        assert b"a-real-token" not in path.read_bytes()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"data": {"attributes": {"service": "%s"}}}' % (b"x" * 20_000)])
async def test_what_cannot_be_read_or_is_too_long_leaves_its_reason_alone(server, datadog, content):
    assert (await datadog.post(f"{DORA}/deployment", content=content)).status_code == 400
    (record,) = await receipts(server)
    assert record.receipt.body == ""
    assert record.settlement.verdicts[0].sentence.startswith("Answered 400: ")


async def test_a_call_without_a_good_key_leaves_nothing(server):
    async with client_of(server, {"DD-API-KEY": "unknown"}) as client:
        await client.post(f"{DORA}/deployment", content=b"{")
    async with client_of(server, await issue_keys(server)) as client:
        await client.post(f"{DORA}/deployments", content=b"{")
    assert await receipts(server) == []


@pytest.mark.parametrize("service", ["\\ud800", "\\u0000"])
async def test_text_that_cannot_be_stored_does_not_stop_the_refusal(server, datadog, service):
    content = f'{{"data": {{"attributes": {{"service": "{service}"}}}}}}'.encode()
    assert (await datadog.post(f"{DORA}/deployment", content=content)).status_code == 400
    assert len(await receipts(server)) == 1
