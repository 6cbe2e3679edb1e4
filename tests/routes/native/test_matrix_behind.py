"""``GET /ledger/v1/matrix``: how far an environment is behind the one before it, and what did not come to run."""

from __future__ import annotations

import csv
import io

import pytest

from tests.support.native import TARGET, deployment

MATRIX = "/ledger/v1/matrix"
REPOSITORY = "github.com/acme/shop"
LINE = 30


def commit(number):
    return f"{number + 1:04x}".ljust(40, "0")


def deploy(name, environment, commit_id, hour=10, **changes):
    said = {
        "external_id": name,
        "environment": environment,
        "tier": environment,
        "version": name,
        "started_at": f"2026-03-04T{hour:02}:00:00Z",
        "finished_at": f"2026-03-04T{hour:02}:05:00Z",
        "releases": [{"repository": REPOSITORY, "commit": commit_id}] if commit_id else [],
    }
    return deployment(**{**said, **changes})


async def push_line(native):
    """A line of commits, each of which names an issue of its own; the last is beside the line."""
    told = [
        {
            "id": commit(number),
            "parents": [commit(number - 1)] if number else [],
            "authored_at": f"2026-03-03T08:{number:02}:00Z",
            "message": f"SHIP-{number // 2 + 1} Change",
        }
        for number in range(LINE)
    ]
    told.append({**told[-1], "id": commit(999), "parents": [commit(3)], "message": "SHIP-77 Hotfix"})
    assert (await native.post("/ledger/v1/commits", json={"repository": REPOSITORY, "commits": told})).status_code == 200


async def read_behind(native, **parameters):
    answer = await native.get(MATRIX, params=parameters)
    assert answer.status_code == 200, answer.text
    names = ("behind_of", "behind_commits", "behind_issues", "ahead_commits", "behind_reason")
    return {one["environment_name"]: tuple(one[name] for name in names) for one in answer.json()["cells"]}


@pytest.mark.both_stores
async def test_it_counts_what_an_environment_lacks_of_the_one_before(native):
    told = [
        deploy("d", "development", commit(29)),
        deploy("t", "testing", commit(25)[:12]),
        deploy("s", "staging", commit(3), hour=9),
        deploy("p", "production", commit(999)),
        deploy("q", "other", commit(999), tier=None),
    ]
    assert (await native.post(TARGET, json=told)).status_code < 300
    assert (await read_behind(native))["testing"] == ("development", None, None, None, "unknown_commit")
    await push_line(native)
    assert await read_behind(native) == {
        "development": (None,) * 5,
        "testing": ("development", 4, 2, 0, None),
        "staging": ("testing", 22, 11, 0, None),
        "production": ("staging", 0, 0, 1, None),
        "other": (None,) * 5,
    }
    assert set(await read_behind(native, tier="staging")) == {"staging"}, "the one before need not be shown"
    rows = list(csv.DictReader(io.StringIO((await native.get(MATRIX, params={"format": "csv"})).text)))
    assert {one["environment_name"]: one["behind_commits"] for one in rows}["staging"] == "22"


async def test_of_several_environments_before_it_the_one_that_changed_last_counts(native):
    await push_line(native)
    told = [
        deploy("early", "staging-a", commit(20), hour=8, tier="staging"),
        deploy("late", "staging-b", commit(9), hour=9, tier="staging"),
        deploy("p", "production", commit(8)),
    ]
    for order in (told, told[::-1]):
        await native.post(TARGET, json=order)
        assert (await read_behind(native))["production"] == ("staging-b", 1, 1, 0, None)


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"releases": []}, "no_commit"),
        ({"releases": [{"repository": "github.com/acme/other", "commit": commit(1)}]}, "other_repository"),
        ({"releases": [{"repository": REPOSITORY, "commit": "f" * 40}]}, "unknown_commit"),
    ],
)
async def test_it_says_why_it_is_not_known(native, changes, reason):
    await push_line(native)
    await native.post(TARGET, json=[deploy("s", "staging", commit(9)), deploy("p", "production", commit(3), **changes)])
    assert (await read_behind(native))["production"] == ("staging", None, None, None, reason)


@pytest.mark.both_stores
async def test_what_did_not_come_to_run_is_told_and_what_is_older_is_not(native):
    told = [
        deploy("old", "production", "", hour=8, state="failed"),
        deploy("runs", "production", "", hour=9),
        deploy("fails", "production", "", hour=10, state="failed"),
        deploy("begins", "production", "", hour=11, state="in_progress", finished_at=None),
        deploy("first", "staging", "", hour=9, state="failed"),
        deploy("gone", "testing", "", hour=8, state="failed"),
        deploy("right", "testing", "", hour=9),
    ]
    await native.post(TARGET, json=told)
    found = (await native.get(MATRIX)).json()
    later = {one["environment_name"]: one["later"] and (one["version"], one["later"]["version"]) for one in found["cells"]}
    assert later == {"production": ("runs", "begins"), "testing": None}
    (idle,) = found["idle"]
    assert (idle["environment_name"], idle["later"]["version"], idle["later"]["state"]) == ("staging", "first", "failed")


async def test_services_are_found_by_a_part_of_their_name_and_by_their_tags(native):
    await native.post("/ledger/v1/services", json={"name": "Shop front", "tags": ["Edge"]})
    await native.post(TARGET, json=[deploy("a", "production", "", service="Shop front"), deploy("b", "production", "")])
    for parameters, names in (({"text": "FRONT"}, ["Shop front"]), ({"tag": "edge"}, ["Shop front"]), ({"text": "none"}, [])):
        found = (await native.get(MATRIX, params={**parameters, "limit": 1})).json()
        assert [one["service"] for one in found["cells"]] == names, parameters
