"""A report that is sent many times at once takes effect once, whichever protocol it comes over."""

from __future__ import annotations

import asyncio

from tests.support import datadog, iftrue, jira, native, opsgenie
from tests.support.contents import Rows, read_rows
from tests.support.jira_clients import SITE
from tests.support.server import serving
from tests.support.tenants import Sent, make_tenant

COPIES = 40

REPORTS: dict[str, Sent] = {
    "an Opsgenie deployment": Sent("GenieKey", "POST", "/v2/deployments", opsgenie.create_body(externalId="once")),
    "an iftrue report": Sent("Iftrue", "POST", iftrue.TARGET, iftrue.report()),
    "a Jira deployment of a client": Sent("JiraOAuth", "POST", f"{SITE}/bulk", {"deployments": [jira.deployment()]}),
    "a Jira deployment of an app": Sent("JiraConnect", "POST", f"{SITE}/bulk", {"deployments": [jira.deployment()]}),
    "a deployment of our own API": Sent("Ledger", "POST", native.TARGET, native.deployment()),
    "a deployment of our own API without an id": Sent("Ledger", "POST", native.TARGET, native.deployment(external_id=None)),
    "an incident of our own API": Sent("Ledger", "POST", native.INCIDENTS, native.incident()),
    "an incident of our own API without an id": Sent("Ledger", "POST", native.INCIDENTS, native.incident(external_id=None)),
    "a Datadog deployment": Sent("Datadog", "POST", f"{datadog.DORA}/deployment", datadog.create_body()),
    "a Datadog deployment with an id": Sent(
        "Datadog", "POST", f"{datadog.DORA}/deployment", datadog.create_body(id="deployment-of-a-client-1")
    ),
    "a Datadog failure": Sent("Datadog", "POST", f"{datadog.DORA}/failure", datadog.failure_body()),
    "a Datadog failure with an id": Sent(
        "Datadog", "POST", f"{datadog.DORA}/failure", datadog.failure_body(id="failure-of-a-client-1")
    ),
}

WITHOUT_A_TIME = {"an iftrue report"}
"""Reports that say no time, so each copy of them tells when it came."""


def count(contents: Rows, before: Rows, *tables: str) -> int:
    """How many rows of ``tables`` there are more."""
    return sum(len(contents[table]) - len(before[table]) for table in tables)


async def test_copies_of_a_report_that_come_at_once_take_effect_once(database_url: str):
    async with serving(database_url, token_key="k" * 32) as server, server.client(timeout=60) as client:
        for number, (name, sent) in enumerate(REPORTS.items()):
            tenant = await make_tenant(server, f"once-{number}", app_key=f"com.example.app{number}")
            before = await read_rows(database_url)
            answers = await asyncio.gather(*(tenant.send(client, sent) for _ in range(COPIES)))
            assert {answer.status_code for answer in answers} <= {200, 201, 202}, [answer.text for answer in answers]
            await server.count_deployments()
            assert_one_effect(name, before, await read_rows(database_url))


def assert_one_effect(name: str, before: Rows, after: Rows) -> None:
    """One record, and a verdict for each copy."""
    assert count(after, before, "deployment", "incident") == 1, name
    known = {row["receipt_id"] for row in before["receipt"]}
    new = [row for row in after["receipt"] if row["receipt_id"] not in known]
    named = {row["receipt_id"] for row in new if row["protocol"] == "shipledger"}
    assert len(named) == count(after, before, "named_repository") <= 1, "a repository that several name is named once"
    assert len(new) - len(named) == COPIES, name
    copies = {row["receipt_id"] for row in new} - named
    kinds = [row["kind"] for row in after["verdict"] if row["receipt_id"] in copies]
    assert (len(kinds), kinds.count("rejected")) == (COPIES, 0), (name, kinds)
    if name not in WITHOUT_A_TIME:
        assert kinds.count("applied") == 1, (name, kinds)
