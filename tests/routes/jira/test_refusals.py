"""What was refused, or left out as unknown, is kept with the request."""

from __future__ import annotations

import asyncio

from shipledger.ledger.receipt_listing import ReceiptFilter
from shipledger.verbs.receipt_search import Looked, search_receipts
from tests.support.jira import ABSENT, associated, deployment
from tests.support.jira_clients import SITE
from tests.support.site import Html


async def submit(server, jira, *deployments):
    """The id of the request, once it is settled."""
    answer = await jira.post(f"{SITE}/bulk", json={"deployments": deployments})
    assert answer.status_code == 202, answer.text
    await server.count_deployments()
    return answer.headers["X-Request-Id"]


async def test_each_deployment_of_a_request_has_its_verdict_with_the_messages_that_the_sender_got(server, jira):
    request_id = await submit(
        server,
        jira,
        deployment(url=ABSENT, label="x" * 256, deploymentSequenceNumber=42),
        deployment(**associated("issueIdOrKeys", "SHIP-1", "UTF-8")),
        deployment(**associated("issueIdOrKeys", "UTF-8"), deploymentSequenceNumber=43),
    )
    record = await server.app.store.find_receipt(await server.organization_id(), request_id)
    refused, applied, unknown = record.settlement.verdicts
    assert (refused.kind, refused.subject) == ("rejected", "storefront/prod/42")
    assert "'url' is required. 'label' must have at most 255 characters." in refused.sentence
    assert (applied.kind, applied.sentence) == ("applied", "Not known, and so left out: UTF-8.")
    assert unknown.sentence == "No valid associations found for deployment. Not known, and so left out: UTF-8."


async def test_a_request_that_is_refused_whole_item_by_item_is_explained_on_its_page_and_by_the_command(server, jira, commands):
    request_id = await submit(server, jira, deployment(state="done"))
    page = Html((await jira.get(f"/requests/{request_id}")).text)
    assert "Rejected 'state' must be one of unknown, pending" in page.text
    assert "Subject: storefront/prod/41" in page.text
    shown = await asyncio.to_thread(commands, "receipts", "show", request_id)
    assert "rejected · storefront/prod/41 · 'state' must be one of" in shown.out


async def test_what_was_refused_may_hold_any_characters(server, jira):
    pipeline = {"id": "p" * 300, "displayName": "p", "url": "https://a.b/c"}
    request_id = await submit(
        server, jira, deployment(pipeline=pipeline), deployment(**associated("issueIdOrKeys", "SHIP-1", "\0\x1b", ""))
    )
    record = await server.app.store.find_receipt(await server.organization_id(), request_id)
    assert [verdict.kind for verdict in record.settlement.verdicts] == ["rejected", "applied"]
    assert "a value that is empty" in record.settlement.verdicts[1].sentence


async def test_a_request_is_found_by_what_it_names_also_when_nothing_of_it_was_recorded(server, jira, commands):
    pipeline = {"id": "web-shop", "displayName": "Web", "url": "https://a.b/c"}
    lost = await submit(server, jira, deployment(pipeline=pipeline, url=ABSENT, **associated("issueKeys", "SHIP-77")))
    await submit(server, jira, deployment())
    for text in ("ship-77", "WEB-shop", lost, "'url' is required"):
        page = Html((await jira.get("/requests", params={"find": text})).text)
        assert [link["id"] for link in page.all("a") if link.get("id", "").startswith("request-")] == [f"request-{lost}"]
        assert "Searched 3 accepted requests." in page.text, "and one of the ledger itself: who looks was invited"
    assert "No matching requests" in Html((await jira.get("/requests?find=SHIP-99&state=settled")).text).text
    assert "/requests?find=SHIP-77" in Html((await jira.get("/issues/SHIP-77")).text).links()
    found = await asyncio.to_thread(commands, "receipts", "list", "--find", "SHIP-77", "--json")
    assert [one["id"] for one in found.json["receipts"]] == [lost]


async def test_a_search_for_a_request_ends_after_some_and_tells_where_to_look_on(server, jira):
    ids = [await submit(server, jira, deployment(updateSequenceNumber=number)) for number in range(1, 4)]
    store, organization_id = server.app.store, await server.organization_id()
    search = await search_receipts(store, organization_id, ReceiptFilter(limit=1), Looked("storefront"))
    assert ([record.receipt.receipt_id for record in search.records], search.before_id) == (ids[2:], ids[2])
    search = await search_receipts(store, organization_id, ReceiptFilter(before_id=ids[2]), Looked("nothing"), at_most=1)
    assert (search.records, search.looked_at, search.before_id) == ((), 1, ids[1])
    search = await search_receipts(store, organization_id, ReceiptFilter(before_id=ids[1]), Looked("storefront"))
    assert (len(search.records), search.before_id) == (1, "")
