"""``POST`` and ``GET /ledger/v1/pull-requests``."""

from __future__ import annotations

import csv
import io

import pytest

from shipledger.access.grant import Scope
from tests.support.native import SHA, client_of, issue_token

pytestmark = pytest.mark.both_stores

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
    assert (await native.post(PATH, json={"repository": REPOSITORY, "number": 7})).json()["verdict"]["kind"] == "duplicate"


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
