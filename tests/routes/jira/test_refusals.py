"""What was refused, or left out as unknown, is kept with the request."""

from __future__ import annotations

import asyncio

from tests.support.commands import Commands
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


async def test_a_request_that_is_refused_whole_item_by_item_is_explained_on_its_page_and_by_the_command(server, jira, database):
    request_id = await submit(server, jira, deployment(state="done"))
    page = Html((await jira.get(f"/requests/{request_id}")).text)
    assert "Rejected 'state' must be one of unknown, pending" in page.text
    assert "It names storefront/prod/41" in page.text
    shown = await asyncio.to_thread(Commands(database), "receipts", "show", request_id)
    assert "rejected · storefront/prod/41 · 'state' must be one of" in shown.out


async def test_what_was_refused_may_hold_any_characters(server, jira):
    pipeline = {"id": "p" * 300, "displayName": "p", "url": "https://a.b/c"}
    request_id = await submit(
        server, jira, deployment(pipeline=pipeline), deployment(**associated("issueIdOrKeys", "SHIP-1", "\0\x1b", ""))
    )
    record = await server.app.store.find_receipt(await server.organization_id(), request_id)
    assert [verdict.kind for verdict in record.settlement.verdicts] == ["rejected", "applied"]
    assert "a value that is empty" in record.settlement.verdicts[1].sentence
