"""``POST`` and ``GET /ledger/v1/gates``, one gate, and decisions."""

from __future__ import annotations

import asyncio
import csv
import io

import pytest

from shipledger.access.grant import Scope
from shipledger.protocols.native.credentials import APPROVE
from tests.support.native import TARGET, client_of, deployment, issue_token

GATES = "/ledger/v1/gates"


def asking(**changes):
    return deployment(**{"state": None, "started_at": None, "finished_at": None, **changes})


async def ask(client, **changes):
    answer = await client.post(GATES, json=asking(**changes))
    assert answer.is_success, answer.text
    return answer


async def decide(client, key, decision="allow", **body):
    return await client.post(f"{GATES}/{key}/decisions", json={"decision": decision, **body})


async def test_a_deployment_asks_and_waits_until_somebody_decides(native):
    response = await ask(native)
    asked = response.json()
    assert (response.status_code, response.headers["Location"]) == (201, f"{GATES}/{asked['key']}")
    assert (asked["status"], asked["retry_after_seconds"], asked["reason"]) == ("awaiting", 10, None)
    assert (asked["deployment"]["external_id"], asked["deployment"]["state"]) == ("build-77", "pending")
    assert asked["link"].endswith(f"/gates/{asked['key']}")
    again = await ask(native)
    assert (again.status_code, again.json()["key"], again.json()["status"]) == (200, asked["key"], "awaiting")
    decided = await decide(native, asked["key"], "approve", reason="Looks good")
    assert (decided.status_code, decided.json()["status"], decided.json()["reason"]) == (200, "allowed", "Looks good")
    assert decided.json()["retry_after_seconds"] is None
    for name in (asked["key"], asked["key"].lower(), asked["deployment"]["id"]):
        assert (await native.get(f"{GATES}/{name}")).json() == decided.json()
    assert (await ask(native)).json()["status"] == "allowed"


async def test_a_decision_is_final_and_may_be_repeated(native):
    key = (await ask(native)).json()["key"]
    assert (await decide(native, key, "prevent")).json()["status"] == "prevented"
    assert (await decide(native, key, "rejected")).status_code == 200
    refused = await decide(native, key, "allow")
    assert (refused.status_code, refused.json()["status"]) == (409, 409)
    assert refused.json()["detail"].startswith(f"{key} was prevented at ")


async def test_a_gate_tells_who_asked_and_who_decided_and_the_request_has_a_verdict(native, place):
    asked = (await ask(native)).json()
    async with client_of(place, await issue_token(place, APPROVE, Scope.READ)) as approver:
        decided = await decide(approver, asked["key"], "prevent", reason="Not today")
        found = (await approver.get(f"/ledger/v1/requests/{decided.headers['x-request-id']}")).json()
        history = (await approver.get(f"{GATES}/{asked['key']}")).json()["history"]
        (row,) = (await approver.get(f"{GATES}?limit=1")).json()["gates"]
    assert [(one["status"], one["reason"], one["actor"]["kind"]) for one in history] == [
        ("awaiting", None, "credential"),
        ("prevented", "Not today", "credential"),
    ]
    assert len({one["actor"]["id"] for one in history}) == 2
    assert all(one["actor"]["name"] for one in history)
    assert history[0]["at"] == asked["asked_at"]
    assert (row["asked_by"], row["decided_by"]) == tuple(f"credential:{one['actor']['id']}" for one in history)
    assert [one["kind"] for one in found["verdicts"]] == ["applied"]


async def test_a_key_makes_a_repeat_of_a_decision_harmless_and_belongs_to_one_gate(native):
    first, second = [(await ask(native, external_id=f"k-{number}")).json()["key"] for number in (1, 2)]
    again = {"headers": {"Idempotency-Key": "decision"}}
    answers = [await native.post(f"{GATES}/{first}/decisions", json={"decision": "allow"}, **again) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    for gate, decision in ((second, "allow"), (first, "prevent")):
        refused = await native.post(f"{GATES}/{gate}/decisions", json={"decision": decision}, **again)
        assert (refused.status_code, [*refused.json()["errors"]]) == (422, ["Idempotency-Key"])
    assert (await native.get(f"{GATES}/{second}")).json()["status"] == "awaiting"


@pytest.mark.both_stores
async def test_of_two_decisions_at_once_one_counts(native):
    key = (await ask(native)).json()["key"]
    answers = await asyncio.gather(*(decide(native, key, word) for word in ("allow", "prevent") * 4))
    final = (await native.get(f"{GATES}/{key}")).json()["status"]
    assert {answer.json()["status"] for answer in answers if answer.status_code == 200} == {final}
    assert {answer.status_code for answer in answers} == {200, 409}


@pytest.mark.both_stores
async def test_a_gate_closes_when_its_deployment_ends(native):
    asked = (await ask(native, started_at="2026-03-04T10:00:00Z")).json()
    await native.post(TARGET, json=deployment())
    closed = (await native.get(f"{GATES}/{asked['key']}")).json()
    assert (closed["status"], closed["deployment"]["state"]) == ("closed", "successful")
    assert (await decide(native, asked["key"])).status_code == 409


async def test_a_deployment_that_was_recorded_before_may_ask(native):
    known = (await native.post(TARGET, json=asking(state="pending"))).json()
    assert (await ask(native)).json()["deployment"]["id"] == known["id"]


async def test_a_key_makes_a_repeat_of_asking_harmless(native):
    bare = {"service": "checkout", "environment": "production"}
    answers = [await native.post(GATES, json=bare, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert (await native.post(GATES, json=bare)).json()["key"] != answers[0].json()["key"]


@pytest.mark.parametrize(
    "body, errors",
    [
        ({}, ["environment", "service"]),
        (asking(state="successful"), ["state"]),
        ([asking()], ["body"]),
    ],
)
async def test_what_cannot_ask_is_refused_and_opens_no_gate(native, body, errors):
    refused = await native.post(GATES, json=body)
    assert (refused.status_code, sorted(refused.json()["errors"])) == (422, errors)
    assert (await native.get(GATES)).json()["gates"] == []


@pytest.mark.parametrize(
    "body, errors",
    [
        ({}, ["decision"]),
        ({"decision": "maybe"}, ["decision"]),
        ({"decision": "allow", "reason": "x" * 1_001}, ["reason"]),
        ([], ["body"]),
    ],
)
async def test_what_is_no_decision_decides_nothing(native, body, errors):
    key = (await ask(native)).json()["key"]
    refused = await native.post(f"{GATES}/{key}/decisions", json=body)
    assert (refused.status_code, [*refused.json()["errors"]]) == (422, errors)
    assert (await native.get(f"{GATES}/{key}")).json()["status"] == "awaiting"


@pytest.mark.both_stores
async def test_gates_are_listed_newest_first_by_status_and_in_pages(native):
    keys = [(await ask(native, external_id=f"b-{number}")).json()["key"] for number in range(4)]
    await decide(native, keys[1], "prevent", reason="=cmd")
    first = (await native.get(f"{GATES}?status=awaiting&limit=2")).json()
    newer = (await ask(native, external_id="b-9")).json()["key"]
    rest = (await native.get(f"{GATES}?status=awaiting&limit=2&cursor={first['next_cursor']}")).json()
    assert [one["key"] for one in (*first["gates"], *rest["gates"])] == [keys[3], keys[2], keys[0]]
    assert rest["next_cursor"] is None
    rows = list(csv.DictReader(io.StringIO((await native.get(f"{GATES}?format=csv")).text)))
    assert [(row["key"], row["reason"]) for row in rows][:4] == [(newer, ""), (keys[3], ""), (keys[2], ""), (keys[1], "'=cmd")]
    assert (await native.get(f"{GATES}?status=open")).status_code == 422


async def test_deciding_needs_a_right_that_who_deploys_need_not_have(native, place):
    key = (await ask(native)).json()["key"]
    async with client_of(place, await issue_token(place, *Scope)) as deployer:
        refused = await decide(deployer, key)
        assert (refused.status_code, refused.json()["detail"]) == (403, "This token lacks the right to approve.")
        assert (await deployer.get(f"{GATES}/{key}")).json()["status"] == "awaiting"
    async with client_of(place, await issue_token(place, APPROVE)) as approver:
        assert (await decide(approver, key)).status_code == 200
        assert (await approver.post(GATES, json=asking())).status_code == 403


async def test_the_gates_of_another_organization_are_not_there(native, place):
    asked = (await ask(native)).json()
    async with client_of(place, await issue_token(place, organization="gate-rival")) as rival:
        for name in (asked["key"], asked["deployment"]["id"], "GATE-99", "%00", "x"):
            assert (await rival.get(f"{GATES}/{name}")).status_code == 404
            assert (await decide(rival, name)).status_code == 404
        assert (await rival.get(GATES)).json()["gates"] == []
    assert (await native.get(f"{GATES}/{asked['key']}")).json()["status"] == "awaiting"
