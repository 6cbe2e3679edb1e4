"""``GET /ledger/v1/home``: what changed, what is wrong, and what waits for somebody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.support.native import TARGET, client_of, deployment, incident, issue_token

HOME = "/ledger/v1/home"


def ago(**span):
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


async def test_it_has_counts_and_the_newest_of_each(native):
    story = [
        deployment(external_id="new", started_at=ago(minutes=9), finished_at=ago(minutes=5), environment="shop", tier=None),
        deployment(external_id="bad", state="failed", started_at=ago(hours=3), finished_at=ago(hours=2)),
        deployment(external_id="hangs", state="in_progress", started_at=ago(hours=7), finished_at=None),
    ]
    assert (await native.post(TARGET, json=story)).status_code == 201
    assert (await native.post("/ledger/v1/incidents", json=incident(started_at=ago(minutes=3)))).status_code == 201
    answer = await native.get(HOME)
    assert answer.status_code == 200, answer.text
    home = answer.json()
    counts = [
        home[name]["count"]
        for name in ("changed_since", "changed_in_last_hour", "running", "failed", "failing", "open_incidents")
    ]
    assert counts == [3, 1, 1, 1, 1, 1]
    (new,) = home["changed_in_last_hour"]["deployments"]
    assert (new["service"], new["state"], new["tier"]) == ("checkout", "successful", "unmapped")
    needs = home["needs_you"]
    assert [needs[name]["count"] for name in ("approvals", "stuck", "without_cause")] == [0, 1, 1]
    assert needs["unmapped"] >= 1
    assert needs["silent_sources"] == []
    assert home["failed"]["deployments"][0]["id"] != needs["stuck"]["deployments"][0]["id"]


async def test_it_takes_no_parameters_and_needs_the_right_to_read(native, place):
    answer = await native.get(HOME, params={"from": "2026-01-01"})
    assert (answer.status_code, answer.json()["errors"]) == (422, {"from": "is not a parameter here; there are none"})
    async with client_of(place, await issue_token(place, "write")) as writer:
        assert (await writer.get(HOME)).status_code == 403


async def test_an_empty_ledger_has_zeros(native):
    home = (await native.get(HOME)).json()
    assert (home["changed_since"], home["failed"]["deployments"]) == ({"count": 0, "is_more": False}, [])
