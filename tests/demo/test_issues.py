from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from shipledger.demo.issues import PATH, list_submissions
from shipledger.demo.loading import make_sample
from shipledger.demo.sample import list_sample
from shipledger.deployments.listing import DeploymentFilter
from shipledger.ledger.deployment import issue_alias, project_alias
from shipledger.protocols.jira.bulk import read_bulk
from shipledger.settings import Settings
from shipledger.store.open import open_store
from tests.support.jira import RULE

UNTIL = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


def test_the_same_end_gives_the_same_calls_in_order() -> None:
    calls = list_submissions(UNTIL)
    assert calls == list_submissions(UNTIL)
    assert calls == sorted(calls, key=lambda call: call.at)
    assert calls[-1].at <= UNTIL


def test_every_deployment_is_accepted_and_every_tier_is_reached() -> None:
    items = [item for call in list_submissions(UNTIL) for item in read_bulk(json.dumps(call.body), RULE).items]
    assert all(item.deployment is not None and not item.errors for item in items)
    assert {item.deployment.environment.type for item in items if item.deployment} == {"testing", "staging", "production"}


async def test_the_newest_deployment_of_the_sample_has_issues_in_its_title(tmp_path: Path) -> None:
    await make_sample(tmp_path / "demo.db", Settings(), list_sample(UNTIL)[-10:], advance=lambda *_: None)
    store = await open_store(f"sqlite:///{tmp_path / 'demo.db'}")
    try:
        organization = await store.find_organization("default")
        assert organization is not None
        (newest,) = await store.list_deployments(organization.organization_id, DeploymentFilter(limit=1))
        found = await store.list_deployments_by_alias(organization.organization_id, issue_alias("SHOP-4001"), limit=5)
    finally:
        await store.close()
    assert newest.issues == {"SHOP-4001": "title"}
    assert [one.deployment_id for one in found] == [newest.deployment_id]


async def test_the_sample_has_a_project_of_issues(tmp_path: Path) -> None:
    calls = list_sample(UNTIL)[-40:]
    await make_sample(tmp_path / "demo.db", Settings(), calls, advance=lambda *_: None)
    store = await open_store(f"sqlite:///{tmp_path / 'demo.db'}")
    try:
        organization = await store.find_organization("default")
        assert organization is not None
        found = await store.list_deployments_by_alias(organization.organization_id, project_alias("APP"), limit=100)
    finally:
        await store.close()
    sent = [call for call in calls if call.path == PATH]
    assert len(found) == len(sent) > 0
    reports = [call.body["deployments"][0] for call in sent]
    told = {datetime.fromisoformat(one["lastUpdated"]) for one in reports if one["state"] != "pending"}
    assert {one.ended_at for one in found if one.ended_at} == told
