"""History that is sent again counts by its own times."""

from __future__ import annotations

from datetime import UTC, datetime

from shipledger.ledger.deployment import issue_alias
from tests.support.jira import associated, deployment
from tests.support.jira_clients import SITE
from tests.support.site import Html

OLD = {"lastUpdated": "2020-01-02T03:04:05Z"}


async def submit(server, jira, *deployments, **top):
    answer = await jira.post(f"{SITE}/bulk", json={"deployments": deployments, **top})
    assert answer.json()["rejectedDeployments"] == []
    await server.count_deployments()


async def test_what_is_sent_as_history_is_marked_and_stands_where_it_belongs(server, jira):
    await submit(server, jira, deployment(deploymentSequenceNumber=42, **associated("issueKeys", "SHIP-2")))
    provider = {"product": "Bamboo \u202e 9.2"}
    await submit(server, jira, deployment(displayName="Of old", **OLD), operationType="BACKFILL", providerMetadata=provider)
    store, organization_id = server.app.store, await server.organization_id()
    (old,) = await store.list_deployments_by_alias(organization_id, issue_alias("SHIP-1"), limit=9)
    assert old.facts.is_history is True
    assert (old.started_at, old.ended_at) == (datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC),) * 2
    text = Html((await jira.get(f"/deployments/{old.deployment_id}")).text).text
    assert "Imported history yes" in text
    assert "Sent by Bamboo" in text
    listed = Html((await jira.get("/deployments")).text).text
    assert listed.index("Release 41") < listed.index("Of old")


async def test_a_later_update_that_is_no_history_takes_the_mark_away(server, jira):
    await submit(server, jira, deployment(**OLD), operationType="BACKFILL")
    await submit(server, jira, deployment(updateSequenceNumber=2, **OLD), operationType="NORMAL")
    store, organization_id = server.app.store, await server.organization_id()
    (now,) = await store.list_deployments_by_alias(organization_id, issue_alias("SHIP-1"), limit=9)
    assert not now.facts.is_history


async def test_another_operation_type_is_ignored(server, jira):
    await submit(server, jira, deployment(**OLD), operationType=7, preventTransitions=True)
    assert await server.count_deployments() == 1
