"""The tutorial from its first step to its last, and what the page of an issue shows besides."""

from __future__ import annotations

import asyncio

import httpx2
import pytest

from tests.support.jira import associated, deployment
from tests.support.jira_clients import SITE, connect_client, follow_tutorial, get_until
from tests.support.site import Html

pytestmark = [
    pytest.mark.usefixtures("server"),  # pages show one organization: that of a server of the test's own
]


async def page_of(client: httpx2.AsyncClient, key: str, status: int = 200) -> Html:
    answer = await client.get(f"/issues/{key}")
    assert answer.status_code == status, answer.text
    return Html(answer.text)


async def submit(client: httpx2.AsyncClient, *deployments: dict) -> None:
    answer = await client.post(f"{SITE}/bulk", json={"deployments": deployments})
    assert (answer.status_code, answer.json()["rejectedDeployments"]) == (202, [])
    for one in deployments:
        ids = (one["pipeline"]["id"], one["environment"]["id"], one["deploymentSequenceNumber"])
        await get_until(client, "{}/pipelines/{}/environments/{}/deployments/{}".format(SITE, *ids))


async def test_the_tutorial_ends_with_the_deployment_on_the_page_of_its_issue(place):
    await follow_tutorial(place)
    async with place.client() as person:
        page = await page_of(person, "example-1")

    assert "EXAMPLE-1" in page.text
    assert "Releases Production Successful" in page.text
    assert "API updates" in page.text
    assert "v2.0" in page.text
    assert "http://example.com/pipeline/api-update" in page.links()


@pytest.mark.both_stores
async def test_rows_are_the_latest_of_each_pipeline_and_environment_by_tier(jira):
    staging = {"id": "stg-7", "displayName": "Staging", "type": "staging"}
    again = {**staging, "id": "stg-8"}
    await submit(
        jira,
        deployment(deploymentSequenceNumber=7, environment=staging, state="failed", lastUpdated="2026-03-05T00:00:00Z"),
        deployment(deploymentSequenceNumber=8, displayName="Release 8", environment=again),
        deployment(deploymentSequenceNumber=3, state="in_progress"),
        deployment(environment={"id": "x", "displayName": "x", "type": "unmapped"}, **associated("issueKeys", "SHIP-2")),
    )
    page = await page_of(jira, "SHIP-1")
    assert page.text.index("SHIP-1 to Production") < page.text.index("SHIP-1 to Staging")
    assert "Release 8" in page.text
    assert "1 older" in page.text
    assert "Releases Staging Successful" in page.text
    unmapped = await page_of(jira, "SHIP-2")
    assert "1 environment has no tier" in unmapped.text


async def test_a_server_that_runs_shows_a_tier_that_a_command_has_changed(serve, commands):
    environment = {"id": "blue-1", "displayName": "Blue", "type": "unmapped"}
    async with serve() as server, await connect_client(server) as client:
        await submit(client, deployment(environment=environment))
        await asyncio.to_thread(commands, "environment", "set", "Blue", "production")
        assert "Releases Production Successful" in (await page_of(client, "SHIP-1")).text
        await submit(client, deployment(environment=environment, deploymentSequenceNumber=42, displayName="Release 42"))
        assert "1 older" in (await page_of(client, "SHIP-1")).text
        listed = Html((await client.get("/deployments?tier=production")).text).text
        assert "Release 41" in listed
        assert "Release 42" in listed
        path = f"{SITE}/pipelines/storefront/environments/blue-1/deployments/42"
        assert (await client.get(path)).json()["environment"]["type"] == "unmapped"


async def test_an_ignored_update_is_told_with_both_numbers(jira):
    await submit(jira, deployment(updateSequenceNumber=10, state="in_progress"))
    await submit(jira, deployment(updateSequenceNumber=10, state="successful"))

    def is_told(answer: httpx2.Response) -> bool:
        return "this update has number 10, the recorded one 10" in answer.text

    page = await get_until(jira, "/issues/SHIP-1", is_told)
    assert "In progress" in Html(page.text).text


async def test_an_issue_that_nothing_names_has_a_page_that_says_why(place, jira):
    unknown = await page_of(jira, "SHIP-999")
    assert "No deployment references SHIP-999" in unknown.text
    denied = await page_of(jira, "UTF-8", status=404)
    assert "jira_denied_projects" in denied.text


@pytest.mark.both_stores
async def test_a_key_that_was_left_out_is_told_with_its_request(place, jira):
    sent = [
        deployment(**associated("issueIdOrKeys", "SHIP-1", "UTF-8")),
        deployment(deploymentSequenceNumber=42, **associated("issueIdOrKeys", "UTF-88")),
    ]
    await jira.post(f"{SITE}/bulk", json={"deployments": sent})
    await place.count_deployments()
    page = await page_of(jira, "utf-8", status=404)
    assert "Requests that named UTF-8, but it was dropped or refused: A request of test" in page.text
    assert "Not known, and so left out: UTF-8." in page.text
    assert "UTF-88" not in page.text
    refused = await page_of(jira, "UTF-88", status=404)
    assert "No valid associations found for deployment." in refused.text
    request = next(found["href"] for found in refused.all("a", id="left-out-1"))
    assert (await jira.get(request)).status_code == 200
    assert "dropped or refused" not in (await page_of(jira, "SHIP-1")).text


async def test_two_providers_keep_their_rows_apart(place, jira):
    await submit(jira, deployment())
    async with await connect_client(place) as other:
        await submit(other, deployment(displayName="Theirs"))
    page = await page_of(jira, "SHIP-1")
    assert "Release 41" in page.text
    assert "Theirs" in page.text
    assert "older" not in page.text
