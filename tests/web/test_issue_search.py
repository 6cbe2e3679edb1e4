"""``/issues?jql=…``."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from tests.support.jira import associated, deployment
from tests.support.jira_clients import SITE, connect_client
from tests.support.shipping import ship_all
from tests.support.site import Html

STAGING = {"id": "stg", "displayName": "Staging EU", "type": "staging"}
PRODUCTION = {"id": "prod", "displayName": "Prod", "type": "production"}


async def sent(server):
    """SHIP-1 in both, SHIP-2 in staging alone, OPS-1 failed in production."""
    async with await connect_client(server) as client:
        deployments = [
            deployment(environment=STAGING, **associated("issueKeys", "SHIP-1", "SHIP-2")),
            deployment(environment=PRODUCTION, deploymentSequenceNumber=42, **associated("issueKeys", "SHIP-1")),
            deployment(environment=PRODUCTION, deploymentSequenceNumber=43, state="failed", **associated("issueKeys", "OPS-1")),
        ]
        answer = await client.post(f"{SITE}/bulk", json={"deployments": deployments})
        assert answer.json()["rejectedDeployments"] == []
        await server.count_deployments()
    await server.sign_in()


async def search(reader, jql, **parameters):
    answer = await reader.get("/issues", params={"jql": jql, **parameters})
    page = Html(answer.text)
    return (
        answer.status_code,
        [link["id"].removeprefix("issue-") for link in page.all("a") if "issue-" in link.get("id", "")],
        page,
    )


@pytest.mark.both_stores
async def test_what_is_in_staging_and_not_in_production_is_found(server):
    await sent(server)
    async with server.client() as reader:
        jql = 'deploymentEnvironmentType ~ "stag" AND deploymentEnvironmentType !~ production'
        status, keys, page = await search(reader, jql)
        assert (status, keys) == (200, ["SHIP-2"])
        assert "Searched 3 issues with deployments." in page.text
        assert page.all("input", id="jql", value=jql)
        assert (await search(reader, "project = ship"))[1] == ["SHIP-1", "SHIP-2"]
        assert (await search(reader, "project in (OPS, SHIP)"))[1] == ["OPS-1", "SHIP-1", "SHIP-2"]
        assert (await search(reader, "deployment(environmentName = prod, state = failed)"))[1] == ["OPS-1"]
        assert (await search(reader, "issueKey = SHIP-1", after="SHIP-1"))[1] == []
        status, keys, page = await search(reader, "project = NONE")
        assert (status, keys) == (200, [])
        assert "No issue matches." in page.text


async def test_a_mistake_is_told_with_its_place_and_not_as_an_empty_list(server):
    await server.sign_in()
    async with server.client() as reader:
        status, _, page = await search(reader, "deploymentState = <b>done")
        assert status == 400
        assert "At position 19: deploymentState must be one of unknown, pending" in page.text
        assert "No issue" not in page.text
        assert (await search(reader, ""))[0] == 400


async def test_an_issue_is_judged_by_each_of_its_environments_whatever_the_count_of_its_deployments(site):
    many = [
        {"at": site.now + timedelta(minutes=n), "number": n, "environment": STAGING, "state": "failed"} for n in range(1, 1_101)
    ]
    await ship_all(site.pen, {"at": site.now, "number": 0, "environment": PRODUCTION}, *many)
    for jql, is_found in (
        ("deploymentEnvironmentType = production", True),
        ("deployment(environmentType = staging, state = successful)", False),
    ):
        page = await site.page(f"/issues?{urlencode({'jql': jql})}")
        assert bool(page.all("a", id="issue-SHIP-1")) is is_found, jql


async def test_a_long_search_is_continued(server, monkeypatch):
    monkeypatch.setattr("shipledger.web.pages.issue_search.ISSUES_READ", 2)
    monkeypatch.setattr("shipledger.web.pages.issue_search.ISSUES_SHOWN", 2)
    await sent(server)
    async with server.client() as reader:
        _, keys, page = await search(reader, "deploymentState != pending")
        assert keys == ["OPS-1", "SHIP-1"]
        (more,) = page.all("a", id="more")
        rest = Html((await reader.get(more["href"])).text)
        assert "SHIP-2" in rest.text
        assert "after SHIP-1" in rest.text
        assert not rest.all("a", id="more")
        assert rest.all("a", id="issue-SHIP-2")
