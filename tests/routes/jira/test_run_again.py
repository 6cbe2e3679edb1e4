"""A number that is used for another run stays one deployment, and keeps its first start and its first finish."""

from __future__ import annotations

from datetime import UTC, datetime

from shipledger.ledger.state import State
from shipledger.ledger.submission import Target
from tests.support.jira import deployment
from tests.support.jira_clients import SITE, get_until

UPDATES = [
    ("in_progress", "2026-03-04T09:01:00Z", 60),
    ("successful", "2026-03-04T09:05:00Z", 300),
    ("in_progress", "2026-03-05T09:01:00Z", 60),
]


async def test_a_number_that_is_run_again_keeps_its_first_start_and_finish(server, jira):
    for number, (state, moment, lasted) in enumerate(UPDATES, start=1):
        sent = deployment(state=state, lastUpdated=moment, duration=lasted, updateSequenceNumber=number)
        answer = await jira.post(f"{SITE}/bulk", json={"deployments": [sent]})
        assert (answer.status_code, answer.json()["rejectedDeployments"]) == (202, [])
    key = f"{SITE}/pipelines/{sent['pipeline']['id']}/environments/{sent['environment']['id']}"
    target = f"{key}/deployments/{sent['deploymentSequenceNumber']}"
    answer = await get_until(jira, target, lambda one: one.is_success and one.json()["updateSequenceNumber"] == len(UPDATES))
    assert answer.json()["state"] == "in_progress"
    (found,) = await server.app.store.scan_deployments(
        await server.organization_id(),
        services=None,
        started_from=None,
        started_until=None,
        is_ascending=True,
        after=None,
        limit=9,
    )
    known = await server.app.store.find_deployment(found.organization_id, Target(key=found.deployment_id))
    assert known.state is State.IN_PROGRESS
    assert known.is_run_again
    assert known.started_at == datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
    assert known.finished_at == datetime(2026, 3, 4, 9, 5, tzinfo=UTC)
