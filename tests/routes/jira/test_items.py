"""The items of one request are settled each by itself."""

from __future__ import annotations

import asyncio
import json

from shipledger.ledger.identity import new_id
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.verdict import Reason, VerdictKind
from shipledger.protocols.jira.translate import to_submit_parameters
from shipledger.protocols.jira.vocabulary import PROTOCOL, SUBMIT
from tests.support.jira import RULE, deployment
from tests.support.jira_clients import SITE, fetch_token, get_until, issue_client

BULK = f"{SITE}/bulk"
HALF = "\ud83d"
PIPELINE = {"id": f"store{HALF}front", "displayName": "Storefront", "url": "https://ci.example.com/storefront"}
GOOD, ODD = deployment(), deployment(deploymentSequenceNumber=42, pipeline=PIPELINE, label=f"v{HALF}")


def target(pipeline: str, number: int) -> str:
    return f"{SITE}/pipelines/{pipeline}/environments/prod/deployments/{number}"


async def settled(place, answer):
    """What became of a request."""
    await place.count_deployments()
    return await place.app.store.find_settlement(await place.organization_id(), answer.headers["X-Request-Id"])


async def test_half_a_character_in_one_item_is_replaced_and_told_in_its_verdict_alone(place, jira):
    answer = await jira.post(BULK, content=json.dumps({"deployments": [ODD, GOOD]}))
    assert [key["deploymentSequenceNumber"] for key in answer.json()["acceptedDeployments"]] == [42, 41]
    assert answer.json()["acceptedDeployments"][0]["pipelineId"] == "store\ufffdfront"
    assert (await get_until(jira, target("storefront", 41))).json()["displayName"] == "Release 41"
    stored = (await get_until(jira, target("store%EF%BF%BDfront", 42))).json()
    assert (stored["pipeline"]["id"], stored["label"]) == ("store\ufffdfront", "v\ufffd")
    settlement = await settled(place, answer)
    assert [verdict.kind for verdict in settlement.verdicts] == [VerdictKind.APPLIED] * 2
    told = "label, pipeline.id contained half a character, replaced by U+FFFD."
    assert [verdict.sentence for verdict in settlement.verdicts] == [told, ""]


async def test_half_a_character_in_what_all_items_share_is_told_in_each_verdict(place, jira):
    content = json.dumps({"deployments": [GOOD], "properties": {f"k{HALF}": HALF}})
    (verdict,) = (await settled(place, await jira.post(BULK, content=content))).verdicts
    assert verdict.sentence == "properties.k\ufffd contained half a character, replaced by U+FFFD."
    assert (await jira.delete(f"{BULK}ByProperties?k%EF%BF%BD=%EF%BF%BD")).status_code == 202
    await get_until(jira, target("storefront", 41), lambda answer: answer.status_code == 404)


async def test_a_request_that_the_version_before_set_aside_is_settled_by_a_replay_as_it_was_answered(server, commands):
    """It refused the item with half a character, answered so, and could then not keep the verdict that said it."""
    credential, secret = await issue_client(server)
    now = server.app.clock.now()
    receipt = Receipt(
        organization_id=credential.organization_id,
        receipt_id=new_id(now, bytes(8)),
        credential_id=credential.credential_id,
        protocol=PROTOCOL,
        operation=SUBMIT,
        parameters=to_submit_parameters(RULE, breaks_ties_by_arrival=False),
        body=json.dumps({"deployments": [ODD, GOOD]}),
        accepted_at=now,
    )
    ledger = server.app.store
    await ledger.append_receipts([receipt], claimed_by="the version before")
    failure = "UnicodeEncodeError: 'utf-8' codec can't encode character '\\ud83d' in position 5: surrogates not allowed"
    await ledger.quarantine_receipt(receipt, failure=failure, now=server.app.clock.now())

    await asyncio.to_thread(commands, "receipts", "replay", receipt.receipt_id)

    token = await fetch_token(server, credential, secret)
    async with server.client(headers={"Authorization": f"Bearer {token}"}) as client:
        await get_until(client, target("storefront", 41))
        assert (await client.get(target("store%EF%BF%BDfront", 42))).status_code == 404
    settlement = await ledger.find_settlement(receipt.organization_id, receipt.receipt_id)
    refused, recorded = settlement.verdicts
    assert (refused.kind, refused.reason) == (VerdictKind.REJECTED, Reason.REFUSED_ON_ARRIVAL)
    assert (refused.subject, recorded.kind) == ("store\ufffdfront/prod/42", VerdictKind.APPLIED)
    assert "'pipeline.id' must not contain a lone surrogate." in refused.sentence
