"""``POST`` and ``GET /ledger/v1/pull-requests``."""

from __future__ import annotations

import csv
import io

import pytest

from shipledger.access.grant import Scope
from tests.support.native import SHA, TARGET, client_of, deployment, issue_token

PATH = "/ledger/v1/pull-requests"
REPOSITORY = "github.com/acme/shop"


def pull_request(number=7, **changes):
    """A pull request that says most of what can be said; None removes a member."""
    body = {
        "repository": "https://user:secret@github.com/acme/shop.git",
        "number": number,
        "title": "Add cart",
        "author": "octocat",
        "opened_at": f"2026-03-0{number % 9 + 1}T09:30:00Z",
        "head_commit": SHA,
        "commits": [SHA],
        "labels": ["feature"],
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


MERGED = {"merged_at": "2026-03-20T11:00:00Z", "merge_commit": "c" * 40, "is_squash": True}


async def test_a_pull_request_is_recorded_changed_and_read_back(native):
    made = await native.post(PATH, json=pull_request())
    recorded = made.json()
    assert (made.status_code, made.headers["Location"]) == (201, f"{PATH}/{recorded['id']}")
    assert (recorded["repository"], recorded["number"], recorded["state"]) == (REPOSITORY, "7", "open")
    merged = await native.post(PATH, json={"repository": "GitHub.com/Acme/shop", "number": "7", **MERGED})
    assert (merged.status_code, merged.json()["id"], merged.json()["state"]) == (200, recorded["id"], "merged")
    read = (await native.get(f"{PATH}/{recorded['id']}")).json()
    assert (read["title"], read["commits"], read["merge_commit"], read["is_squash"]) == ("Add cart", [SHA], "c" * 40, True)
    assert "secret" not in (await native.get(f"/ledger/v1/requests/{recorded['request_id']}")).text
    verdict = (await native.get(f"/ledger/v1/requests/{recorded['request_id']}")).json()["verdicts"][0]
    assert (verdict["pull_request_id"], verdict["incident_id"]) == (recorded["id"], None)
    assert (verdict["record_kind"], verdict["record_id"]) == ("pull_request", recorded["id"])
    assert (await native.post(PATH, json={"repository": REPOSITORY, "number": 7})).json()["verdict"]["kind"] == "duplicate"


@pytest.mark.both_stores
async def test_reports_that_say_when_they_were_so_give_the_same_in_every_order(native, place):
    told = [
        pull_request(title="Third", updated_at="2026-03-20T12:00:00Z", **MERGED),
        pull_request(title="First", updated_at="2026-03-10T12:00:00Z"),
        pull_request(title="Second", updated_at="2026-03-15T12:00:00Z", reviewed_at="2026-03-15T11:00:00Z"),
    ]
    found = []
    for order in (told, told[::-1]):
        async with client_of(place, await issue_token(place, organization=f"order-{order[0]['title'].lower()}")) as client:
            verdicts = [(await client.post(PATH, json=one)).json()["verdict"]["kind"] for one in order]
            (one,) = (await client.get(PATH)).json()["pull_requests"]
            found.append({name: value for name, value in one.items() if name not in {"id", "recorded_at", "updated_at"}})
    assert verdicts == ["applied", "superseded", "applied"]
    assert found[0] == found[1]
    assert (found[0]["title"], found[0]["state"], found[0]["reviewed_at"]) == ("Third", "merged", "2026-03-15T11:00:00.000Z")


@pytest.mark.both_stores
async def test_lists_have_filters_pages_and_tables(native):
    many = [pull_request(number, author=f"dev{number % 2}") for number in range(1, 6)]
    answer = await native.post(PATH, json=[*many, pull_request(6, repository="github.com/acme/other", **MERGED)])
    assert (answer.status_code, len(answer.json()["pull_requests"])) == (201, 6)
    for filters, numbers in [
        ({"author": "DEV1"}, "531"), ({"repository": REPOSITORY, "number": "2"}, "2"), ({"state": "merged"}, "6"),
        ({"commit": "cccc"}, "6"), ({"commit": SHA[:7], "from": "2026-03-05"}, "654"), ({"to": "2026-03-03"}, "1"),
        ({"state": "closed"}, ""),
    ]:  # fmt: skip
        found = (await native.get(PATH, params=filters)).json()["pull_requests"]
        assert "".join(one["number"] for one in found) == numbers, filters
    first = (await native.get(PATH, params={"limit": 4})).json()
    await native.post(PATH, json=pull_request(8))
    rest = (await native.get(PATH, params={"limit": 4, "cursor": first["next_cursor"]})).json()
    assert "".join(one["number"] for one in [*first["pull_requests"], *rest["pull_requests"]]) == "654321"
    rows = list(csv.DictReader(io.StringIO((await native.get(PATH, params={"format": "csv", "state": "merged"})).text)))
    assert [(row["number"], row["is_squash"]) for row in rows] == [("6", "true")]


@pytest.mark.parametrize(
    "body, members",
    [
        ({}, {"repository", "number"}),
        (pull_request(colour="red", repository="shop"), {"colour", "repository"}),
        (pull_request(merged_at="2020-01-01T00:00:00Z", opened_at="soon", commits=["x"] * 1_001), {"opened_at", "commits"}),
        (pull_request(merged_at="2020-01-01T00:00:00Z", labels=[{}]), {"merged_at", "labels[0]"}),
        ([pull_request(), pull_request(title="x" * 1_001)], {"[1].title"}),
    ],
)
async def test_every_wrong_member_is_named_and_nothing_is_recorded(native, body, members):
    refused = await native.post(PATH, json=body)
    assert (refused.status_code, set(refused.json()["errors"])) == (422, members)
    assert (await native.get(PATH)).json()["pull_requests"] == []


async def test_others_see_nothing_and_only_who_may_write_may_record(native, place):
    made = (await native.post(PATH, json=pull_request())).json()
    async with client_of(place, await issue_token(place, organization="other")) as other:
        assert (await other.get(f"{PATH}/{made['id']}")).status_code == 404
        assert (await other.get(PATH)).json()["pull_requests"] == []
    async with client_of(place, await issue_token(place, Scope.READ)) as reader:
        assert (await reader.post(PATH, json=pull_request())).status_code == 403


async def test_a_key_makes_a_repeat_harmless(native):
    headers = {"Idempotency-Key": "k"}
    first = await native.post(PATH, json=pull_request(title="Old"), headers=headers)
    await native.post(PATH, json=pull_request(title="New"))
    again = await native.post(PATH, json=pull_request(title="Old"), headers=headers)
    assert (again.headers["Idempotency-Replayed"], again.json()["request_id"]) == ("true", first.json()["request_id"])
    assert (await native.get(f"{PATH}/{first.json()['id']}")).json()["title"] == "New"


@pytest.mark.both_stores
async def test_what_went_out_with_a_deployment_and_where_a_pull_request_is_deployed(native):
    ids = {name: name * 40 for name in "abcdef"}  # a ← b ← c ← d, and e, f on a branch that was squashed as c
    parents = {"a": [], "b": ["a"], "c": ["b"], "d": ["c"]}
    commits = [
        {"id": ids[one], "parents": [ids[up] for up in ups], "authored_at": "2026-03-01T08:00:00Z"}
        for one, ups in parents.items()
    ]
    assert (await native.post("/ledger/v1/commits", json={"repository": REPOSITORY, "commits": commits})).status_code == 200
    merged = {"merged_at": "2026-03-20T11:00:00Z", "head_commit": ids["f"]}
    pulls = [
        pull_request(1, commits=[ids["b"]], merge_commit=ids["b"].upper(), **merged),
        pull_request(2, commits=[ids["e"], ids["f"]], merge_commit=ids["c"], is_squash=True, **merged),
        pull_request(3, commits=None, head_commit=ids["d"]),
        pull_request(4, repository="github.com/acme/other", commits=[ids["c"]], head_commit=None),
        pull_request(5, commits=["9" * 40], head_commit="9" * 40),
    ]
    pulls = {one["number"]: one["id"] for one in (await native.post(PATH, json=pulls)).json()["pull_requests"]}

    def deploy(name, hour, commit, **changes):
        said = {"started_at": f"2026-03-04T{hour:02}:00:00Z", "finished_at": f"2026-03-04T{hour:02}:05:00Z"}
        return deployment(external_id=name, releases=[{"repository": REPOSITORY, "commit": commit}], **said, **changes)

    await native.post("/ledger/v1/environments", json={"environment": "prod", "alias_of": "production"})
    told = [
        deploy("first", 8, ids["a"]),
        deploy("failed", 9, ids["d"], state="failed"),
        deploy("second", 10, ids["c"][:9]),
        deploy("again", 11, ids["c"], environment="prod"),
        deploy("third", 12, ids["d"]),
        deploy("elsewhere", 13, ids["b"], environment="staging", tier="staging"),
    ]
    shuffled = [told[place] for place in (4, 0, 5, 2, 3, 1)]
    made = {one["external_id"]: one["id"] for one in (await native.post(TARGET, json=shuffled)).json()["deployments"]}
    seen = {}
    for name, deployment_id in made.items():
        answer = (await native.get(f"{TARGET}/{deployment_id}/pull-requests")).json()
        (one,) = answer["ranges"]
        seen[name] = (
            "".join(sorted(pull["number"] for pull in answer["pull_requests"])),
            one["reason"],
            one["deployment_before"],
        )
    assert seen == {
        "first": ("", "first_deployment", None),
        "failed": ("123", "forward", made["first"]),
        "second": ("12", "forward", made["first"]),
        "again": ("", "same_commit", made["second"]),
        "third": ("3", "forward", made["again"]),
        "elsewhere": ("1", "first_deployment", None),
    }
    where = {}
    for number, pull_id in pulls.items():
        answer = (await native.get(f"{PATH}/{pull_id}/deployments")).json()
        assert answer["is_complete"]
        where[number] = sorted(one["external_id"] for one in answer["deployments"])
    assert where == {"1": ["elsewhere", "second"], "2": ["second"], "3": ["third"], "4": [], "5": []}
    for path in (f"{TARGET}/{pulls['1']}/pull-requests", f"{PATH}/{made['first']}/deployments"):
        assert (await native.get(path)).status_code == 404
