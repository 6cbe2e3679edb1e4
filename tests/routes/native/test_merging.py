"""``POST /ledger/v1/deployments/{id}/merge`` and ``…/split``."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from shipledger.access.grant import Scope
from tests.support.native import TARGET, client_of, deployment, issue_token

NOBODY = "01900000-0000-7000-8000-000000000000"
WHY = {"reason": "The same run."}


async def record(client, name, **changes):
    return (await client.post(TARGET, json=deployment(external_id=name, **changes))).json()["id"]


async def record_two(client):
    other = {"version": "v2.4.1", "finished_at": "2026-03-04T10:06:00Z", "actor": None, "description": "From Jira."}
    return await record(client, "build-77"), await record(client, "jira-9", **other)


async def merge(client, record_id, into, **rest):
    return await client.post(f"{TARGET}/{record_id}/merge", json={"into": into, **WHY}, params=rest)


async def split(client, record_id, **rest):
    return await client.post(f"{TARGET}/{record_id}/split", json=WHY, params=rest)


async def list_ids(client, **parameters):
    return sorted(one["id"] for one in (await client.get(TARGET, params=parameters)).json()["deployments"])


@pytest.mark.both_stores
async def test_merged_deployments_are_one_with_the_fields_of_both_and_split_they_are_what_they_were(native):
    host, other = await record_two(native)
    before = [(await native.get(f"{TARGET}/{one}")).json() for one in (host, other)]
    answer = await merge(native, other, host)
    merged = answer.json()
    assert (answer.status_code, merged["id"], merged["verdict"]["kind"]) == (200, host, "applied")
    assert (merged["description"], merged["finished_at"]) == ("From Jira.", "2026-03-04T10:05:00.000Z")
    assert [one["id"] for one in merged["witnesses"]] == [host, other]
    assert merged["sources"]["version"] == {"ids": [host], "others": [{"id": other, "value": "v2.4.1"}]}
    assert merged["sources"]["description"] == {"ids": [other], "others": []}
    assert await list_ids(native) == await list_ids(native, service="checkout") == [host]
    hidden = (await native.get(f"{TARGET}/{other}")).json()
    assert (hidden["merged_into"], hidden["version"], hidden["witnesses"]) == (host, "v2.4.1", [])
    alone = (await split(native, other)).json()
    assert (alone["id"], alone["merged_into"]) == (other, None)
    after = [(await native.get(f"{TARGET}/{one}")).json() for one in (host, other)]
    assert after == before
    assert await list_ids(native) == sorted([host, other])


async def test_a_dry_run_shows_what_would_be_and_changes_nothing(native):
    host, other = await record_two(native)
    shown = (await merge(native, other, host, dry_run="true")).json()
    assert (shown["leaves_lists"], shown["deployments"][0]["description"]) == ([other], "From Jira.")
    assert await list_ids(native) == sorted([host, other])
    merged = (await merge(native, other, host)).json()
    assert {**shown["deployments"][0]} == {key: said for key, said in merged.items() if key not in {"verdict", "request_id"}}
    shown = (await split(native, other, dry_run="true")).json()
    assert [(one["id"], one["merged_into"], one["witnesses"]) for one in shown["deployments"]] == [
        (other, None, []),
        (host, None, []),
    ]
    assert await list_ids(native) == [host]


async def test_what_is_reported_later_of_either_is_shown(native):
    host, other = await record_two(native)
    await merge(native, other, host)
    await record(native, "jira-9", state="rolled_back", finished_at="2026-03-04T12:00:00Z")
    shown = (await native.get(f"{TARGET}/{host}")).json()
    assert (shown["state"], [one["state"] for one in shown["witnesses"]]) == ("rolled_back", ["successful", "rolled_back"])
    await native.post(f"{TARGET}/{other}/marks", json={"change_failure": True})
    assert (await native.get(f"{TARGET}/{host}")).json()["marks"]["change_failure"] is True


async def test_what_cannot_be_merged_or_split_is_told_with_the_reason(native, server):
    host, other = await record_two(native)
    third = await record(native, "third")
    async with client_of(server, await issue_token(server, organization="umbrella")) as foreign:
        elsewhere = await record(foreign, "build-77")
    await merge(native, other, host)
    cases = [
        (await merge(native, third, third), 409, "into itself"),
        (await merge(native, other, third), 409, f"merged into {host} already"),
        (await merge(native, third, other), 409, "Merge into that one"),
        (await merge(native, host, third), 409, "the other way round"),
        (await merge(native, host, other), 409, "itself merged"),
        (await merge(native, third, NOBODY), 409, "no deployment with the id"),
        (await merge(native, third, elsewhere), 409, "no deployment with the id"),
        (await merge(native, elsewhere, third), 404, "no deployment"),
        (await merge(native, NOBODY, third), 404, "no deployment"),
        (await split(native, third), 409, "not merged"),
        (await split(native, host), 409, other),
        (await split(native, NOBODY), 404, "no deployment"),
    ]
    for answer, status, words in cases:
        assert (answer.status_code, words in answer.json()["detail"]) == (status, True), answer.text
        assert answer.headers["content-type"] == "application/problem+json"
    for record_id, into, words in (
        (third, third, "into itself"),
        (third, other, "Merge into that one"),
        (third, NOBODY, "no dep"),
    ):
        answer = await merge(native, record_id, into, dry_run="true")
        assert (answer.status_code, words in answer.json()["detail"]) == (409, True)
    assert (await merge(native, other, host)).json()["verdict"]["kind"] == "duplicate"


@pytest.mark.parametrize(
    "body, member",
    [
        ({}, "into"),
        ({"into": NOBODY}, "reason"),
        ({"into": NOBODY, "reason": " "}, "reason"),
        ({"into": 7, "reason": ["x"]}, "reason"),
        ({"into": "x" * 600, "reason": "x"}, "into"),
        ({"into": NOBODY, "reason": "x" * 1_001}, "reason"),
        ({"into": NOBODY, "reason": "x\x00"}, "reason"),
        ({"into": NOBODY, "reason": "x", "rule": "mine"}, "rule"),
        ([], "body"),
    ],
)
async def test_a_wrong_body_is_refused_with_its_members(native, body, member):
    one = await record(native, "build-77")
    answer = await native.post(f"{TARGET}/{one}/merge", json=body)
    assert (answer.status_code, member in answer.json()["errors"]) == (422, True)


async def test_of_two_who_merge_one_record_at_once_one_hears_why_not(native):
    host, other = await record_two(native)
    third = await record(native, "third")
    answers = await asyncio.gather(merge(native, other, host), merge(native, other, third))
    assert sorted(one.status_code for one in answers) == [200, 409]
    (refused,) = (one for one in answers if one.status_code == 409)
    assert "already" in refused.json()["detail"]


async def test_merging_needs_the_right_to_write_and_an_audit_tells_of_it(native, server):
    host, other = await record_two(native)
    async with client_of(server, await issue_token(server, Scope.READ)) as reader:
        assert (await merge(reader, other, host)).status_code == 403
    await merge(native, other, host)
    await split(native, other)
    acts = (await native.get("/ledger/v1/audit", params={"kind": "deployment"})).json()
    told = [words for one in acts["audit"] for words in one["changes"]]
    assert told == ["Split from the deployment that it was merged into: The same run.", f"Merged into {host}: The same run."]


@pytest.mark.both_stores
async def test_what_was_known_before_a_merge_was_two_and_after_it_is_one(native):
    host, other = await record_two(native)
    before = now()
    await merge(native, other, host)
    merged = now()
    await split(native, other)
    for as_of, expected in ((before, [host, other]), (merged, [host]), (now(), [host, other])):
        assert await list_ids(native, as_of=as_of) == sorted(expected)
    hidden = (await native.get(f"{TARGET}/{other}", params={"as_of": merged})).json()
    shown = (await native.get(f"{TARGET}/{host}", params={"as_of": merged})).json()
    assert (hidden["merged_into"], [one["id"] for one in shown["witnesses"]]) == (host, [host, other])


async def test_the_matrix_has_what_all_records_of_a_deployment_say(native):
    host = await record(native, "build-77")
    other = await record(native, "jira-9", service="till", started_at="2026-03-04T09:59:00Z", finished_at="2026-03-04T10:04:00Z")
    before = now()
    await merge(native, other, host)
    for asked in ({}, {"at": "2026-03-04T12:00:00Z"}, {"as_of": now()}):
        cells = (await native.get("/ledger/v1/matrix", params=asked)).json()["cells"]
        told = {one["service"]: (one["id"], one["since"]) for one in cells}
        assert told == dict.fromkeys(("checkout", "till"), (host, "2026-03-04T10:04:00.000Z")), asked
    cells = (await native.get("/ledger/v1/matrix", params={"as_of": before})).json()["cells"]
    assert {one["service"]: one["id"] for one in cells} == {"checkout": host, "till": other}


def now():
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


async def test_duplicates_are_listed_before_a_rule_merges_them(native):
    host, other = await record_two(native)
    assert (await native.get("/ledger/v1/duplicates")).json()["pairs"] == []  # of one protocol, they are two
    wrong = await native.get("/ledger/v1/duplicates", params={"within_seconds": "0", "days": "x", "limit": "9999", "more": "1"})
    assert (wrong.status_code, set(wrong.json()["errors"])) == (422, {"within_seconds", "days", "limit", "more"})
    assert await list_ids(native) == sorted([host, other])
