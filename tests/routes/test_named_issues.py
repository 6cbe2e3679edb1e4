"""Issue keys in the titles and messages of every protocol count, and pages say where they were found."""

from __future__ import annotations

import pytest

from shipledger.catalog.issue import AssociationRules, Issue, IssueMode
from shipledger.deployments.listing import DeploymentFilter
from shipledger.ledger.naming import IssueSource
from tests.support.datadog import DORA, create_body
from tests.support.opsgenie import release
from tests.support.settings import change_settings, save_association_rules
from tests.support.site import Html
from tests.support.tenants import Sent, make_tenant
from tests.support.writes import iftrue_write, jira_write, native_write, opsgenie_write

TITLED = {
    "opsgenie": lambda text: opsgenie_write(message=text),
    "jira": lambda text: jira_write(displayName=text),
    "native": lambda text: native_write(title=text),
    "iftrue": lambda text: iftrue_write(title=text, changelog=""),
}
DESCRIBED = {
    "opsgenie": lambda text: opsgenie_write(description=text, externalId="described"),
    "jira": lambda text: jira_write(description=text, deploymentSequenceNumber=42),
    "native": lambda text: native_write(description=text, external_id="described"),
    "iftrue": lambda text: iftrue_write(changelog=text, commit_id="0123456789"),
}


@pytest.fixture
async def client(server):
    async with server.client() as opened:
        yield opened


async def send(server, client, *writes):
    tenant = await make_tenant(server, "default", app_key="com.example.app")
    for write in writes:
        answer = await tenant.send(client, write)
        assert answer.is_success, answer.text
    await server.count_deployments()


async def page_of(client, key):
    answer = await client.get(f"/issues/{key}")
    assert answer.status_code == 200, answer.text
    return Html(answer.text).text


async def test_the_issues_in_titles_and_messages_of_every_protocol_have_pages(server, client):
    titled = [write(f"TITLE-{number} and SHA-256") for number, write in enumerate(TITLED.values(), start=1)]
    described = [write(f"Fixes TEXT-{number}.") for number, write in enumerate(DESCRIBED.values(), start=1)]
    await send(server, client, *titled, *described)
    for number, name in enumerate(TITLED, start=1):
        assert "named in the title" in await page_of(client, f"TITLE-{number}"), name
        assert "named in the message" in await page_of(client, f"TEXT-{number}"), name
    listed = Html((await client.get("/issues")).text).links()
    assert {f"/issues/{kind}-{number}" for kind in ("TITLE", "TEXT") for number in (1, 2, 3, 4)} <= set(listed)
    assert "/issues/SHA-256" not in listed
    organization_id = await server.organization_id()
    store = server.app.store
    keys = await store.list_named_issues(organization_id, project="TITLE", after="", limit=10)
    assert keys == [f"TITLE-{number}" for number in (1, 2, 3, 4)]
    lines = await store.list_issue_lines(organization_id, {key: [key] for key in keys}, of_each=1, in_all=10)
    brought = {key: lines[key][0].newest[0] for key in keys}
    assert [deployment.issues[key] for key, deployment in brought.items()] == ["title"] * 4
    page = Html((await client.get(f"/deployments/{brought['TITLE-1'].deployment_id}")).text)
    assert "TITLE-1 named in the title" in page.text
    assert "/issues/TITLE-1" in page.links()


async def test_a_key_that_the_organization_does_not_know_does_not_count(server, client):
    organization_id, store = await server.organization_id(), server.app.store
    await save_association_rules(store, AssociationRules(organization_id, IssueMode.SYNCED))
    await store.save_issues(organization_id, [Issue(key="SHA-256")], seen_at=server.app.clock.now())
    await send(server, client, opsgenie_write(message="SHIP-1 and SHA-256"))
    assert "No deployment references SHIP-1" in await page_of(client, "SHIP-1")
    assert "named in the title" in await page_of(client, "SHA-256")


@pytest.mark.parametrize("setting, is_found", [("", False), ("message", False), ("Title", True)])
async def test_where_keys_are_looked_for_is_a_setting_and_what_was_found_stays(serve, setting, is_found):
    async with serve(issue_keys_in=setting) as server, server.client() as client:
        await send(server, client, opsgenie_write(message="SHIP-1"))
        assert ("named in the title" in await page_of(client, "SHIP-1")) == is_found
    async with serve(issue_keys_in="", jira_denied_projects="UTF") as server, server.client() as client:
        assert ("named in the title" in await page_of(client, "SHIP-1")) == is_found


async def test_what_an_organization_sets_counts_in_place_of_what_the_installation_says(server, client):
    await change_settings(
        server.app.store,
        await server.organization_id(),
        issue_keys_in=("message",),
        issue_denied_projects=("NODE",),
    )
    await send(server, client, native_write(title="OPS-1", description="NODE-1, SHA-256 and OPS-2"))
    assert "named in the title" not in await page_of(client, "OPS-1")
    for key in ("SHA-256", "OPS-2"):
        assert "named in the message" in await page_of(client, key)
    refused = await client.get("/issues/NODE-1")
    assert (refused.status_code, "issue_denied_projects" in refused.text) == (404, True)
    tenant = await make_tenant(server, "default", app_key="com.example.other")
    answer = await tenant.send(client, jira_write(associations=[{"associationType": "issueKeys", "values": ["NODE-1"]}]))
    assert [one["values"] for one in answer.json()["unknownAssociations"]] == [["NODE-1"]]


@pytest.mark.both_stores
@pytest.mark.parametrize("is_told_first", [True, False])
async def test_a_commit_that_was_only_told_names_the_issues_of_deployments_of_every_protocol(server, client, is_told_first):
    sha, url = "0c9135c1" * 5, "https://bitbucket.org/acme/shop.git"
    message = "SHIP-7 Speed up\n\nNot SHA-256. Closes PAY-8, not x-PAY-9."
    commits = [{"id": sha, "authored_at": "2026-03-01T08:00:00Z", "message": message}]
    told = Sent("Ledger", "POST", "/ledger/v1/commits", {"repository": url, "commits": commits})
    git = {"repository_url": url, "commit_sha": sha}
    deployed = [
        opsgenie_write(releases=[release(sha=sha)]),
        iftrue_write(repository_url=url, commit_id=sha),
        native_write(releases=[{"repository": url, "commit": sha}]),
        Sent("Datadog", "POST", f"{DORA}/deployment", create_body(service="checkout", version="v1", git=git)),
    ]
    await send(server, client, *([told, *deployed] if is_told_first else [*deployed, told]))
    store, organization_id = server.app.store, await server.organization_id()
    found = await store.list_deployments(organization_id, DeploymentFilter())
    assert {one.source for one in found} == {"datadog", "iftrue", "native", "opsgenie"}
    assert {one.source: {key: one.issues.get(key) for key in ("SHIP-7", "PAY-8")} for one in found} == {
        one.source: {"SHIP-7": IssueSource.COMMIT, "PAY-8": IssueSource.COMMIT} for one in found
    }
    assert not {"SHA-256", "PAY-9"} & {key for one in found for key in one.issues}
