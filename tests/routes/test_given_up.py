"""A run that nobody ended is unknown on pages and in Shipledger's own API; other tools' APIs keep the last word of its sender."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from shipledger.catalog.silence_limits import SilenceLimit, SilenceLimits
from shipledger.deployments.listing import DeploymentFilter
from shipledger.ingestion.giving_up import GivingUp
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.state import State
from shipledger.protocols.times import format_time
from tests.support import datadog, iftrue, jira, jira_clients, native, opsgenie
from tests.support.server import Server
from tests.support.site import Html
from tests.support.tenants import Sent, Tenant, make_tenant

COMMIT = "0b5c7a9f0b5c7a9f0b5c7a9f0b5c7a9f0b5c7a9f"
SOON = SilenceLimits(default=SilenceLimit(after=timedelta(microseconds=1)))
JIRA_KEY = f"{jira_clients.SITE}/pipelines/storefront/environments/prod/deployments/41"


def shipped(**changes: Any) -> dict[str, Any]:
    return {"deployments": [jira.deployment(**changes)]}


REPORTS = {
    "opsgenie": (
        Sent("GenieKey", "POST", "/v2/deployments", opsgenie.create_body()),
        Sent(
            "GenieKey",
            "PATCH",
            "/v2/deployments/build-77/updateState?type=api",
            {"state": "successful", "completedAt": "2026-03-04T09:45:00Z"},
        ),
    ),
    "jira": (
        Sent("JiraOAuth", "POST", f"{jira_clients.SITE}/bulk", shipped(state="in_progress")),
        Sent("JiraOAuth", "POST", f"{jira_clients.SITE}/bulk", shipped(updateSequenceNumber=2)),
    ),
    "iftrue": (
        Sent("Iftrue", "POST", iftrue.TARGET, iftrue.report(status="in_progress", commit_id=COMMIT)),
        Sent("Iftrue", "POST", iftrue.TARGET, iftrue.report(commit_id=COMMIT)),
    ),
    "native": (
        Sent("Ledger", "POST", native.TARGET, native.started()),
        Sent("Ledger", "POST", native.TARGET, native.deployment()),
    ),
}
"""For each protocol whose deployments may be under way, the report of one, and a late one of its end."""


def wires(deployment: Deployment) -> list[Sent]:
    """The operations of other tools' APIs that show it."""
    return [
        Sent("GenieKey", "GET", f"/v2/deployments/{deployment.deployment_id}"),
        Sent("JiraOAuth", "GET", JIRA_KEY),
        Sent("Datadog", "POST", f"{datadog.DORA}/deployments", datadog.list_body("*", limit=50)),
        Sent("Datadog", "GET", f"{datadog.DORA}/deployments/{deployment.deployment_id}"),
    ]


async def ask(client: httpx2.AsyncClient, tenant: Tenant, requests: list[Sent]) -> list[tuple[int, Any]]:
    """What is answered, without what tells one request from another."""
    answers = [await tenant.send(client, sent) for sent in requests]
    return [(one.status_code, _without_request(one.json())) for one in answers]


def _without_request(body: Any) -> Any:
    return {name: value for name, value in body.items() if name not in {"requestId", "took"}} if isinstance(body, dict) else body


async def find_only(server: Server) -> Deployment:
    await server.count_deployments()
    (found,) = await server.app.store.list_deployments(await server.organization_id(), DeploymentFilter())
    return found


async def give_up(server: Server) -> Deployment:
    """What the server's own duty would do a day later."""
    async with asyncio.timeout(10):
        while server.app.clock.even_since is None or "silence" not in server.app.roster.held:  # noqa: ASYNC110  nothing tells of it
            await asyncio.sleep(0.01)
    await GivingUp(server.app.store, server.app.clock, SOON, silent_seconds=10).run()
    return await find_only(server)


@pytest.mark.parametrize("protocol", REPORTS)
async def test_only_pages_and_our_own_api_show_it_as_unknown_and_a_late_result_ends_that(server: Server, protocol: str) -> None:
    begun, ended = REPORTS[protocol]
    tenant = await make_tenant(server, server.home, app_key="com.example.app")
    async with server.client() as client:
        assert (await tenant.send(client, begun)).status_code < 300
        running = await find_only(server)
        assert running.state is State.IN_PROGRESS
        before = await ask(client, tenant, wires(running))
        given_up = await give_up(server)

        assert given_up.version == running.version + 1
        assert await ask(client, tenant, wires(given_up)) == before
        own = (await tenant.send(client, own_api(running))).json()
        assert (own["state"], own["reported_state"]) == ("unknown", "in_progress")
        assert own["updated_at"] == format_time(running.updated_at)
        assert own["state_reason"].startswith("No report for ")
        assert await listed(client, "unknown") == [running.deployment_id]
        assert await listed(client, "in_progress") == []
        page = await look(client, running)
        assert "No report for 0 s." in page.text
        assert "The last reported state was in progress" in page.text
        assert "so far" not in page.text
        history = page.text[page.text.index("History") : page.text.index("Writes and their verdicts")]
        assert history.index("Unknown") < history.index("current") < history.index("In progress")
        assert "the ledger itself" in page.text
        receipt = (await server.app.store.list_entries(running.organization_id, running.deployment_id))[-1].receipt_id
        request = Html((await client.get(f"/requests/{receipt}")).text)
        assert "Written by the ledger itself" in request.text
        assert "the ledger itself" in (await client.get("/requests")).text

        assert (await tenant.send(client, ended)).status_code < 300
        after = await find_only(server)
        assert (after.shown_state, after.deployment_id) == (State.SUCCESSFUL, running.deployment_id)
        own = (await tenant.send(client, own_api(running))).json()
        assert (own["state"], own["state_reason"]) == ("successful", None)
        assert "No report for 0 s." not in (await look(client, running)).text


def own_api(deployment: Deployment) -> Sent:
    return Sent("Ledger", "GET", f"{native.TARGET}/{deployment.deployment_id}")


async def listed(client: httpx2.AsyncClient, state: str) -> list[str]:
    links = Html((await client.get(f"/deployments?state={state}")).text).links()
    return sorted({link.rpartition("/")[2] for link in links if link.startswith("/deployments/")})


async def look(client: httpx2.AsyncClient, deployment: Deployment) -> Html:
    answer = await client.get(f"/deployments/{deployment.deployment_id}")
    assert answer.status_code == 200
    return Html(answer.text)
