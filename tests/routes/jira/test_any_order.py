"""Whatever the order of a deployment's updates, and however often each is sent, the same is stored in the end."""

from __future__ import annotations

from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.jira import associated, deployment
from tests.support.jira_clients import SITE, get_until

MARKER = "order-marker"
STATES = ("pending", "in_progress", "successful", "failed", "cancelled", "rolled_back", "unknown")
EXAMPLES = max(20, settings.default.max_examples // 5)
NUMBERS = count(1)
"""A deployment of its own for each example: they share a server."""


@st.composite
def histories(draw: st.DrawFn) -> list[list[dict[str, Any]]]:
    """Calls that send each update of one deployment at least once, in any order; another number is another update."""
    numbers = draw(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=5, unique=True))
    updates = [
        {
            "updateSequenceNumber": number,
            "state": draw(st.sampled_from(STATES)),
            "label": draw(st.none() | st.just(f"v{number}")),
            "lastUpdated": f"2026-03-04T05:06:{draw(st.integers(0, 59)):02}.000Z",
            **associated("issueKeys", draw(st.sampled_from(["SHIP-1", "SHIP-2"]))),
        }
        for number in numbers
    ]
    sent = draw(st.permutations(updates + draw(st.lists(st.sampled_from(updates), max_size=3))))
    cut = draw(st.integers(0, len(sent)))
    return [call for call in (sent[:cut], sent[cut:]) if call]


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories())
async def test_any_order_and_duplication_ends_in_the_same_stored_deployment(jira, calls):
    number = next(NUMBERS)
    for call in calls:
        sent = [deployment(deploymentSequenceNumber=number, **update) for update in call]
        answer = await jira.post(f"{SITE}/bulk", json={"deployments": sent})
        assert (answer.status_code, answer.json()["rejectedDeployments"]) == (202, [])
    newest = max((update for call in calls for update in call), key=lambda update: update["updateSequenceNumber"])
    target = f"{SITE}/pipelines/storefront/environments/prod/deployments/{number}"
    marker = deployment(
        deploymentSequenceNumber=number, pipeline={"id": MARKER, "displayName": "m", "url": "https://m.example.com"}
    )
    await jira.post(f"{SITE}/bulk", json={"deployments": [marker]})
    await get_until(jira, target.replace("storefront", MARKER))
    stored = (await jira.get(target)).json()
    assert {name: stored.get(name) for name in newest} == newest
