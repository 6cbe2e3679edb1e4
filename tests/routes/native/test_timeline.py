"""``GET /ledger/v1/timeline``: lanes over time."""

from __future__ import annotations

import pytest

from tests.support.native import SHA, TARGET, deployment, incident

TIMELINE = "/ledger/v1/timeline"
DAY = {"from": "2026-03-04", "to": "2026-03-05"}


def at(hour):
    return f"2026-03-04T{hour:02}:00:00Z"


def one(name, begin, end, **changes):
    finished = {} if end is None else {"finished_at": at(end)}
    state = "in_progress" if end is None else "successful"
    return deployment(
        **{"external_id": name, "started_at": at(begin), "finished_at": None, "state": state, **finished, **changes}
    )


async def test_it_has_lanes_with_their_deployments_and_incidents(native):
    releases = [{"repository": "github.com/acme/checkout", "commit": SHA}]
    story = [
        one("a", 8, 9, releases=releases),
        one("b", 10, 12, releases=releases),
        one("c", 13, None, environment="staging", tier="staging"),
        one("d", 8, 9, service="payments"),
    ]
    assert (await native.post(TARGET, json=story)).status_code == 201
    told = incident(services=["checkout"], started_at=at(11), resolved_at=at(12))
    assert (await native.post("/ledger/v1/incidents", json=told)).status_code == 201
    answer = await native.get(TIMELINE, params=DAY)
    assert answer.status_code == 200, answer.text
    timeline = answer.json()
    places = [(lane["service"], lane["environment"], len(lane["deployments"])) for lane in timeline["lanes"]]
    assert places == [("checkout", "production", 2), ("checkout", "staging", 1), ("payments", "production", 1)]
    first, again = timeline["lanes"][0]["deployments"]
    assert (first["is_again"], again["is_again"], again["commit"], again["finished_at"]) == (
        False,
        True,
        SHA,
        "2026-03-04T12:00:00.000Z",
    )
    assert timeline["lanes"][1]["deployments"][0]["finished_at"] is None
    (struck,) = timeline["incidents"]
    assert (struck["started_at"], timeline["drawn_from"], timeline["has_more_incidents"]) == (
        "2026-03-04T11:00:00.000Z",
        None,
        False,
    )
    narrowed = (await native.get(TIMELINE, params={**DAY, "service": "payments"})).json()
    assert [lane["service"] for lane in narrowed["lanes"]] == ["payments"]


@pytest.mark.parametrize(
    "parameters, member",
    [
        ({"from": "2026-03-05", "to": "2026-03-04"}, "to"),
        ({"from": "2026-03-05", "to": "2026-03-05"}, "to"),
        ({"from": "x"}, "from"),
        ({"tier": "gold"}, "tier"),
        ({"at": "2026-03-05"}, "at"),
        ({"service": "\0"}, "service"),
    ],
)
async def test_a_time_that_is_none_is_refused(native, parameters, member):
    answer = await native.get(TIMELINE, params=parameters)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [member])


@pytest.mark.parametrize(
    "parameters",
    [{}, {"from": "0001-01-01", "to": "9999-12-31"}, {"from": "9999-12-31T23:00:00Z"}, {"to": "0001-01-01T00:00:00Z"}],
)
async def test_any_other_time_has_an_answer(native, parameters):
    answer = await native.get(TIMELINE, params=parameters)
    assert (answer.status_code, answer.json()["lanes"]) == (200, [])
