"""What vendors' APIs answer of a deployment that somebody has corrected by hand, and what its sender hears."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from shipledger.ledger.state import State
from tests.routes.test_given_up import JIRA_KEY, REPORTS, find_only
from tests.support import datadog, native
from tests.support.server import Server
from tests.support.tenants import Sent, Tenant, make_tenant

HOLDS = "A correction by hand holds for"
WRONG = {
    "state": "failed",
    "finished_at": "2026-03-04T09:50:00.000Z",
    "started_at": "2026-03-04T09:30:00.000Z",
    "version": "by hand",
    "title": "By hand",
    "reason": "It was so.",
}


async def read(client: httpx2.AsyncClient, tenant: Tenant, method: str, target: str, scheme: str, body: Any = None) -> Any:
    answer = await tenant.send(client, Sent(scheme, method, target, body))
    assert answer.status_code < 300, answer.text
    return answer.json()


@pytest.mark.parametrize("protocol", REPORTS)
async def test_a_correction_holds_over_every_protocol_and_each_answers_it_in_its_own_words(server: Server, protocol: str) -> None:
    begun, ended = REPORTS[protocol]
    tenant = await make_tenant(server, server.home, app_key="com.example.app")
    async with server.client() as client:
        await tenant.send(client, begun)
        running = await find_only(server)
        own = f"{native.TARGET}/{running.deployment_id}"
        made = await read(client, tenant, "POST", f"{own}/corrections", "Ledger", WRONG)
        await tenant.send(client, ended)
        found = await find_only(server)
        assert (found.state, found.as_reported.state, found.facts.title) == (State.FAILED, State.SUCCESSFUL, "By hand")
        shown = await read(client, tenant, "GET", own, "Ledger")
        assert (shown["state"], shown["reported_state"], shown["started_at"]) == ("failed", "successful", WRONG["started_at"])
        (verdict,) = [
            one.verdict
            for one in await server.app.store.list_verdicts(running.organization_id, running.deployment_id)
            if HOLDS in one.verdict.sentence
        ]
        assert "state" in verdict.sentence
        genie = await read(client, tenant, "GET", f"/v2/deployments/{running.deployment_id}", "GenieKey")
        assert (genie["data"]["state"], genie["data"]["message"]) == ("failed", "By hand")
        listed = await read(client, tenant, "POST", f"{datadog.DORA}/deployments", "Datadog", datadog.list_body("*", limit=50))
        assert [one["attributes"]["version"] for one in listed["data"]] == ["by hand"]
        if protocol == "jira":  # the body as its sender sent it
            assert (await read(client, tenant, "GET", JIRA_KEY, "JiraOAuth"))["state"] == "successful"
        answer = await tenant.send(client, Sent("Ledger", "DELETE", f"{own}/corrections/{made['correction']}"))
        assert answer.status_code == 200
        assert (await find_only(server)).state is State.SUCCESSFUL
