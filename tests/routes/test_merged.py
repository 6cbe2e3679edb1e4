"""One deployment that is told through three protocols: one in every answer, and each sender reads its own record."""

from __future__ import annotations

from datetime import datetime
from itertools import permutations
from typing import Any

import httpx2
import pytest

from tests.support import datadog, jira, jira_clients, native, opsgenie
from tests.support.server import Server
from tests.support.tenants import Sent, Tenant, make_tenant

COMMIT, FIRST = "c1" * 20, "d1-of-the-pipeline"
REPOSITORY = "https://bitbucket.org/acme/shop"
STARTED, FINISHED = "2026-03-10T11:50:00Z", "2026-03-10T12:00:00Z"
BEFORE = {"external_id": "d0", "service": "api", "environment": "prod", "version": "v0", "started_at": "2026-02-27T09:55:00Z"}
JIRA_KEY = f"{jira_clients.SITE}/pipelines/storefront/environments/prod/deployments/41"


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def shipped(**changes: Any) -> dict[str, Any]:
    associations = [
        {"associationType": "issueIdOrKeys", "values": ["SHOP-7"]},
        {"associationType": "serviceIdOrKeys", "values": ["api"]},
        {"associationType": "commit", "values": [{"repositoryId": REPOSITORY, "commitHash": COMMIT}]},
    ]
    return {"deployments": [jira.deployment(associations=associations, **changes)]}


REPORTS = {
    "datadog": [
        Sent(
            "Datadog",
            "POST",
            f"{datadog.DORA}/deployment",
            datadog.create_body(
                id=FIRST,
                service="api",
                env="prod",
                version="v1",
                started_at=seconds(STARTED),
                finished_at=seconds(FINISHED),
                git={"commit_sha": COMMIT, "repository_url": REPOSITORY},
            ),
        )
    ],
    "jira": [
        Sent("JiraOAuth", "POST", f"{jira_clients.SITE}/bulk", shipped(state="in_progress", lastUpdated=STARTED)),
        Sent(
            "JiraOAuth", "POST", f"{jira_clients.SITE}/bulk", shipped(lastUpdated="2026-03-10T12:01:00Z", updateSequenceNumber=2)
        ),
    ],
    "opsgenie": [
        Sent(
            "GenieKey",
            "POST",
            "/v2/deployments",
            opsgenie.create_body(
                externalId="d1o",
                startedAt="2026-03-10T11:49:00Z",
                environment={"type": "Production", "id": "prod", "displayName": "prod"},
                releases=[opsgenie.release(COMMIT)],
            ),
        ),
        Sent(
            "GenieKey",
            "PATCH",
            "/v2/deployments/d1o/updateState?type=api",
            {"state": "successful", "completedAt": "2026-03-10T12:02:00Z"},
        ),
    ],
}
LOOK_UPS = (
    Sent("Datadog", "GET", f"{datadog.DORA}/deployments/{FIRST}"),
    Sent("JiraOAuth", "GET", JIRA_KEY),
    Sent("GenieKey", "GET", "/v2/deployments/d1o?type=api"),
)


async def read(client: httpx2.AsyncClient, tenant: Tenant, sent: Sent) -> Any:
    answer = await tenant.send(client, sent)
    assert answer.status_code < 300, answer.text
    return {name: value for name, value in answer.json().items() if name not in {"requestId", "took"}}


async def look_up(client: httpx2.AsyncClient, tenant: Tenant) -> list[Any]:
    return [await read(client, tenant, sent) for sent in LOOK_UPS]


async def list_all(client: httpx2.AsyncClient, tenant: Tenant) -> list[Any]:
    listed = await read(client, tenant, Sent("Ledger", "GET", f"{native.TARGET}?from=2026-03-02&to=2026-03-30"))
    return listed["deployments"]


@pytest.mark.parametrize("order", list(permutations(REPORTS)), ids=lambda order: "-".join(one[0] for one in order))
async def test_one_deployment_that_three_protocols_tell_of_counts_once(server: Server, order: tuple[str, ...]) -> None:
    tenant = await make_tenant(server, server.home, app_key="com.example.app")
    async with server.client() as client:
        earlier = native.deployment(**BEFORE, finished_at="2026-02-27T10:05:00Z", releases=None)
        await tenant.send(client, Sent("Ledger", "POST", native.TARGET, earlier))
        for protocol in order:
            for sent in REPORTS[protocol]:
                answer = await tenant.send(client, sent)
                assert answer.status_code < 300, answer.text
        await server.count_deployments()
        assert len(await list_all(client, tenant)) == 3
        apart = await look_up(client, tenant)
        found = await read(client, tenant, Sent("Ledger", "GET", "/ledger/v1/duplicates?within_seconds=120"))
        assert (found["count"], {one["into"]["external_id"] for one in found["pairs"]}) == (2, {FIRST})
        for pair in found["pairs"]:
            asked = {"into": pair["into"]["id"], "reason": pair["sentence"]}
            await read(client, tenant, Sent("Ledger", "POST", f"{native.TARGET}/{pair['record']['id']}/merge", asked))

        (one,) = await list_all(client, tenant)
        assert (one["external_id"], one["state"], one["finished_at"]) == (FIRST, "successful", "2026-03-10T12:00:00.000Z")
        assert (one["started_at"], one["issues"]) == ("2026-03-10T11:49:00.000Z", ["SHOP-7"])
        assert {each["source"] for each in one["witnesses"]} == set(REPORTS)
        cells = (await read(client, tenant, Sent("Ledger", "GET", "/ledger/v1/matrix?service=api")))["cells"]
        assert [(cell["id"], cell["since"], cell["before"]["external_id"]) for cell in cells] == [
            (one["id"], one["finished_at"], "d0")
        ]
        listed = await read(
            client, tenant, Sent("Datadog", "POST", f"{datadog.DORA}/deployments", datadog.list_body("*", limit=50))
        )
        assert sorted(each["attributes"]["version"] for each in listed["data"]) == ["v0", "v1"]
        assert await look_up(client, tenant) == apart

        back = shipped(state="rolled_back", lastUpdated="2026-03-10T13:00:00Z", updateSequenceNumber=3)
        await read(client, tenant, Sent("JiraOAuth", "POST", f"{jira_clients.SITE}/bulk", back))
        await server.count_deployments()
        (shown,) = await list_all(client, tenant)
        assert (shown["id"], shown["state"], shown["finished_at"]) == (one["id"], "rolled_back", one["finished_at"])
        first, second, third = await look_up(client, tenant)
        assert (first, second["state"], third) == (apart[0], "rolled_back", apart[2])
