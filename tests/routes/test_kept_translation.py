"""What a report was understood to ask for when it was accepted is what is recorded, whatever settings and versions say later."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from shipledger.deployments.listing import DeploymentFilter
from shipledger.ledger.receipt import ReceiptState
from shipledger.ledger.receipt_listing import ReceiptFilter
from shipledger.ledger.state import Tier
from shipledger.ledger.verdict import Reason
from shipledger.protocols.datadog import deployments as datadog_deployments
from shipledger.protocols.datadog import failures as datadog_failures
from shipledger.protocols.datadog import translate as datadog_translate
from shipledger.protocols.iftrue import routes as iftrue_routes
from shipledger.protocols.iftrue import translate as iftrue_translate
from shipledger.protocols.native import recording as native_recording
from tests.support import datadog, iftrue, native
from tests.support.jira import associated, deployment
from tests.support.jira_clients import SITE, connect_client
from tests.support.opsgenie import create_body

BEFORE = {
    "iftrue_branch_environments": "develop=staging",
    "datadog_missing_environment": "testing",
    "opsgenie_unknown_workspace": "refuse",
    "jira_denied_projects": "SHIP",
    "issue_keys_in": "title",
}
AFTER = {
    "iftrue_branch_environments": "develop=uat",
    "datadog_missing_environment": "development",
    "opsgenie_unknown_workspace": "record",
    "jira_denied_projects": "UTF",
    "issue_keys_in": "message",
}
WAITS = (iftrue_routes, datadog_deployments, datadog_failures, native_recording)
SERVICES = {"dd-shop", "dd-broken", "native-shop", "jira-shop"}


@pytest.fixture(autouse=True)
def _nobody_waits_long(monkeypatch):
    for module in WAITS:
        monkeypatch.setattr(module, "SETTLEMENT_SECONDS", 0.01)


async def send_each(server):
    """One report over each protocol to a server that settles nothing; the answers."""
    _, token = await iftrue.issue_token(server)
    datadog_keys = await datadog.issue_keys(server)
    sha = "61445f308944af8f665326c29c02f16a4c3b0019"
    named = [associated(*one)["associations"][0] for one in (("serviceIdOrKeys", "jira-shop"), ("issueIdOrKeys", "SHIP-1"))]
    jira_body = deployment(associations=named)
    async with (
        iftrue.client_of(server, token) as iftrue_client,
        datadog.client_of(server, datadog_keys) as datadog_client,
        native.client_of(server, await native.issue_token(server)) as native_client,
        server.client(await server.issue()) as opsgenie_client,
        await connect_client(server) as jira_client,
    ):
        return [
            await iftrue_client.post(iftrue.TARGET, json=iftrue.report(branch="develop", commit_id=sha)),
            await datadog_client.post(f"{datadog.DORA}/deployment", json=datadog.create_body(service="dd-shop")),
            await datadog_client.post(f"{datadog.DORA}/failure", json=datadog.failure_body(services=["dd-broken"])),
            await native_client.post(
                native.TARGET, json=native.deployment(service="native-shop", title="SHOP-1 Pay", description="SHOP-2")
            ),
            await opsgenie_client.post("/v2/deployments", json=create_body()),
            await jira_client.post(f"{SITE}/bulk", json={"deployments": [jira_body]}),
        ]


async def find_recorded(server):
    """The environments that were recorded, by the vendor, once all that was accepted is settled."""
    await server.count_deployments()
    found = await server.app.store.list_deployments(await server.organization_id(), DeploymentFilter())
    return {one.source: (one.environment.id, one.environment.tier) for one in found}, found


async def list_service_names(server):
    found = await server.app.store.list_services(await server.organization_id(), offset=0, limit=100)
    return {one.name for one in found}


async def test_other_settings_after_a_restart_change_nothing_and_every_service_that_was_named_is_there(serve):
    async with serve(**BEFORE) as server:
        await server.app.worker.stop()  # as a kill between acceptance and settlement leaves it
        answers = await send_each(server)
        assert [answer.status_code for answer in answers] == [202] * 6
        assert await list_service_names(server) == set()
        opsgenie_request = answers[4].json()["requestId"]
    async with serve(**AFTER) as server:
        environments, found = await find_recorded(server)
        assert environments["iftrue"] == ("staging", Tier.STAGING)
        assert environments["datadog"][1] is Tier.TESTING
        refused = await server.app.store.find_settlement(await server.organization_id(), opsgenie_request)
        assert [verdict.reason for verdict in refused.verdicts] == [Reason.UNKNOWN_WORKSPACE]
        (jira,) = [one for one in found if one.source == "jira"]
        assert not jira.facts.issue_keys
        (own,) = [one for one in found if one.source == "native"]
        assert (own.named.title, own.named.message) == (("SHOP-1",), ())
        assert await list_service_names(server) == SERVICES


async def test_a_replay_by_a_version_that_reads_reports_otherwise_gives_what_was_accepted(serve, commands, monkeypatch):
    async with serve(**BEFORE) as server:
        await server.app.worker.stop()
        answers = (await send_each(server))[:2]
        owner = await server.organization_id()
        records = await server.app.store.list_receipts(owner, ReceiptFilter(limit=100))
        for record in records:
            await server.app.store.quarantine_receipt(record.receipt, failure="A fault.", now=datetime.now(UTC))
        assert all(answer.status_code == 202 for answer in answers)

    def read_otherwise(*_args, **_named):
        raise AssertionError("a stored receipt is not interpreted again")

    monkeypatch.setattr(iftrue_translate, "interpret", read_otherwise)
    monkeypatch.setattr(datadog_translate, "interpret", read_otherwise)
    async with serve(**AFTER) as server:
        for record in records:
            await asyncio.to_thread(commands, "receipts", "replay", record.receipt.receipt_id)
        environments, _ = await find_recorded(server)
        assert environments["iftrue"] == ("staging", Tier.STAGING)
        assert environments["datadog"][1] is Tier.TESTING
        states = {one.settlement.state for one in await server.app.store.list_receipts(owner, ReceiptFilter(limit=100))}
        assert states == {ReceiptState.SETTLED}
