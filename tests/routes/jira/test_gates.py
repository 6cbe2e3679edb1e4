"""Gates, as clients of the API see them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from shipledger.clock import EPOCH, Clock
from shipledger.duties.gate_timeouts import GateTimeouts
from shipledger.gating.gate import GateStatus
from shipledger.ingestion.at_once import AskingStore
from shipledger.ledger.verdict import VerdictKind
from tests.routes.jira.test_samples import SAMPLES, assert_answers, prepare, send
from tests.support.gating import decide_gate
from tests.support.jira import deployment
from tests.support.jira_clients import SITE, connect_client, get_until

STATUS = f"{SITE}/pipelines/storefront/environments/prod/deployments/41/gating-status"
ASK = {"state": "pending", "commands": [{"command": "initiate_deployment_gating"}, {"command": "other"}]}


async def submit(client, **changes):
    answer = await client.post(f"{SITE}/bulk", json={"deployments": [deployment(**changes)]})
    assert len(answer.json()["acceptedDeployments"]) == 1
    number = changes.get("updateSequenceNumber", 1)
    await get_until(
        client,
        STATUS.removesuffix("/gating-status"),
        lambda found: found.is_success and found.json()["updateSequenceNumber"] >= number,
    )


async def find_newest(server):
    return (await server.app.store.list_gates(await server.organization_id(), status=None, before_number=None, limit=1))[0]


async def ask_status(client):
    answer = await client.get(STATUS)
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize("name", ["gating-status-allowed", "gating-status-prevented"])
async def test_a_decision_is_answered_as_the_sample_says(place, name):
    sample = SAMPLES[name]
    async with await connect_client(place) as client:
        await prepare(client, sample, SITE)
        gate, status = await find_newest(place), GateStatus(sample["response"]["body"]["gatingStatus"])
        await decide_gate(place.app.store, gate, status, clock=place.app.clock)
        decided = await find_newest(place)
        answer = await send(client, sample, sample["request"]["target"])
        assert_answers(answer, sample)
        assert (
            answer.json()["updatedTimestamp"]
            == f"{decided.changed_at:%Y-%m-%dT%H:%M:%S}.{decided.changed_at.microsecond // 1000:03}Z"
        )


@pytest.mark.both_stores
async def test_who_asks_waits_and_later_updates_leave_the_gate_alone(server):
    async with await connect_client(server) as client:
        await submit(client, **ASK)
        asked = await ask_status(client)
        assert asked["gatingStatus"] == "awaiting"
        gate = await find_newest(server)
        assert asked["details"] == [{"type": "issue", "issueKey": gate.key, "issueLink": f"{server.url}/gates/{gate.key}"}]
        await submit(client, updateSequenceNumber=2, state="in_progress")
        assert await ask_status(client) == asked
        page = await client.get(f"/gates/{gate.key}")
        assert page.status_code == 200
        assert "waits until somebody allows or prevents it" in page.text
        await decide_gate(server.app.store, gate, GateStatus.PREVENTED, reason="Not today.")
        assert "with shipledger gate" in (await client.get(f"/gates/{gate.key}")).text
        page = await client.get(f"/deployments/{gate.deployment_id}")
        assert "Asked by " in page.text
        assert "by an operator, with shipledger gate" in page.text
        request = re.search(r'href="(/requests/[^"]+)">Shipledger gate<', page.text)
        assert "Written by an operator, with shipledger gate" in (await client.get(request[1])).text


async def test_an_ignored_update_opens_no_gate(place):
    async with await connect_client(place) as client:
        await submit(client, updateSequenceNumber=5, state="pending")
        answer = await client.post(f"{SITE}/bulk", json={"deployments": [deployment(**ASK, updateSequenceNumber=4)]})
        receipt_id = answer.headers["x-request-id"]
        while (await place.app.store.find_settlement(await place.organization_id(), receipt_id)).settled_at is None:
            pass
        assert (await ask_status(client))["gatingStatus"] == "invalid"


@pytest.mark.both_stores
async def test_one_that_nobody_decides_in_time_is_prevented_and_can_be_allowed_no_more(place):
    async with await connect_client(place) as client:
        await submit(client, **ASK)
        later, week = Clock(), timedelta(hours=place.app.settings.gate_timeout_hours)
        later.even_since, later.now = EPOCH, lambda: place.app.clock.now() + week
        await GateTimeouts(place.app.store, later, AskingStore(place.app.store, later), week).run()
        assert (await ask_status(client))["gatingStatus"] == "prevented"
        gate = await find_newest(place)
        assert gate.reason == "Nobody decided within 7 days."
        assert (await decide_gate(place.app.store, gate, GateStatus.ALLOWED)).kind is VerdictKind.REJECTED


@pytest.mark.parametrize("unnamed", [{}, {"command": None}, {"command": ""}, {"command": 7}, "initiate_deployment_gating", 7])
async def test_an_element_of_commands_that_names_none_is_ignored_and_said_so(place, unnamed):
    async with await connect_client(place) as client:
        answer = await client.post(f"{SITE}/bulk", json={"deployments": [deployment(state="pending", commands=[unnamed])]})
        assert answer.json()["rejectedDeployments"] == []
        await get_until(client, STATUS, lambda found: found.is_success)
        assert (await ask_status(client))["gatingStatus"] == "invalid"
        settlement = await place.app.store.find_settlement(await place.organization_id(), answer.headers["x-request-id"])
        assert "no command is named: 1 of 'commands'" in settlement.verdicts[0].sentence


async def test_one_that_ended_before_a_decision_is_invalid(place):
    async with await connect_client(place) as client:
        await submit(client, **ASK)
        await submit(client, updateSequenceNumber=2, state="cancelled")
        assert (await ask_status(client))["gatingStatus"] == "invalid"
        assert (await find_newest(place)).status is GateStatus.CLOSED


async def test_a_deleted_one_is_not_found_and_its_gate_is_closed(place):
    async with await connect_client(place) as client:
        await submit(client, **ASK)
        assert (await client.delete(STATUS.removesuffix("/gating-status"))).status_code == 202
        await get_until(client, STATUS, lambda found: found.status_code == 404)
        assert (await find_newest(place)).status is GateStatus.CLOSED


async def test_no_gate_is_found_by_a_key_that_is_none(place):
    async with await connect_client(place) as client:
        for key in ("GATE-999999", "GATE-0", "x", "GATE-" + "9" * 30):
            assert (await client.get(f"/gates/{key}")).status_code == 404
