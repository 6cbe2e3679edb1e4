"""Apps are told how gates stand: over HTTP, to an app that checks the token with the vendor's library."""

from __future__ import annotations

from datetime import timedelta

import atlassian_jwt
import jwt
import pytest
from msgspec.structs import replace

from shipledger.access.sealing import Seal
from shipledger.access.signing_app import AppLinks, SigningApp
from shipledger.clock import Clock
from shipledger.duties.gate_deliveries import MOST_ATTEMPTS, GateDeliveries
from shipledger.gating.delivery import DeliveryState
from shipledger.gating.gate import GateStatus
from shipledger.ledger.submission import Pipeline
from shipledger.outgoing.calls import Caller
from shipledger.outgoing.networks import read_networks
from shipledger.protocols.jira.gating_push import GatingPush
from tests.support.connect_app import BASE, example_app
from tests.support.factories import ACME, decide_receipt, make_batch, make_credential, make_id, make_receipt, make_record
from tests.support.stores import STORES

SECRET = "0123456789abcdef0123456789abcdef"
SEAL = Seal(lambda: [bytes(32)])


@pytest.fixture(params=STORES)
async def store(request, tmp_path):
    async with STORES[request.param](tmp_path) as opened:
        yield opened


@pytest.fixture
async def app():
    async with example_app() as running:
        yield running


@pytest.fixture
async def duty(store, app):
    """The duty, with a deployment of the app's that waits at its gate. It repeats at once."""
    links = AppLinks(base_url=app.base_url, gating_callback="/gating?tenant=a+b")
    credential = make_credential(7, kind="jira-connect")
    owner = {"organization_id": ACME, "credential_id": make_id(7)}
    await store.create_signing_app(credential, SigningApp(**owner, app_key="k", sealed_secret=SEAL.seal(SECRET), links=links))
    receipt = make_receipt(1, credential_id=make_id(7))
    await store.append_receipts([receipt], claimed_by="a")
    record = make_record(1, pipeline=Pipeline(id="shop", name="Shop"), sequence=20)
    await store.settle(make_batch(decide_receipt(receipt, replace(record, asks_for_gate=True))))
    clock, caller = Clock(), Caller(read_networks("127.0.0.0/8, ::1"))
    push = GatingPush(caller, seal=SEAL, clock=clock, public_url="https://ship.example.com")
    yield GateDeliveries(store, clock, {"jira-connect": push.tell}, pause=timedelta)
    await caller.close()


async def find_gate(store):
    return (await store.list_gates(ACME, status=None, before_number=None, limit=1))[0]


async def list_deliveries(store):
    return await store.list_deliveries(ACME, (await find_gate(store)).deployment_id)


async def test_an_app_hears_of_every_change_in_order_and_once(store, app, duty):
    gate = await find_gate(store)
    await store.decide_gate(gate, GateStatus.ALLOWED, reason="", now=gate.asked_at + timedelta(seconds=9))
    for _ in range(3):
        await duty.run()
    assert [call.body["gatingStatus"] for call in app.heard] == ["awaiting", "allowed"]
    assert app.heard[1].body == {
        "deploymentSequenceNumber": 20,
        "pipelineId": "shop",
        "environmentId": "prod",
        "updatedTimestamp": "2026-03-02T09:30:11.123Z",
        "gatingStatus": "allowed",
        "details": [{"type": "issue", "issueKey": "GATE-1", "issueLink": "https://ship.example.com/gates/GATE-1"}],
    }
    token = app.heard[1].headers["authorization"].removeprefix("JWT ")
    claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    assert (claims["iss"], claims["exp"] - claims["iat"]) == (ACME, 180)
    assert claims["qsh"] == atlassian_jwt.url_utils.hash_url("POST", app.heard[1].target.removeprefix(BASE))
    assert [(one.state, one.answer) for one in await list_deliveries(store)] == [(DeliveryState.DELIVERED, "204")] * 2


async def test_what_an_app_cannot_take_now_is_told_again_and_given_up_at_last(store, app, duty):
    app.status = 503
    for _ in range(MOST_ATTEMPTS + 1):
        await duty.run()
    assert [call.headers.get("x-atlassian-webhook-retry") for call in app.heard] == [None, "1", "2", "3", "4", "5"]
    assert len({call.headers["x-atlassian-webhook-identifier"] for call in app.heard}) == 1
    (only,) = await list_deliveries(store)
    assert (only.state, only.attempts, only.answer) == (DeliveryState.FAILED, MOST_ATTEMPTS, "503")


async def test_what_was_put_off_while_the_clock_was_ahead_is_told_once_it_is_right_again(store, app, duty):
    (before,) = await store.list_due_deliveries(ACME, now=Clock().now(), limit=9)
    put_off = replace(before, attempts=1, due_at=Clock().now() + timedelta(days=800))
    assert await store.note_delivery(before, put_off, now=Clock().now())
    await duty.run()
    assert [one.state for one in await list_deliveries(store)] == [DeliveryState.DELIVERED]


async def test_what_an_app_refuses_is_not_told_again(store, app, duty):
    app.status = 400
    for _ in range(2):
        await duty.run()
    assert len(app.heard) == 1
    assert [one.state for one in await list_deliveries(store)] == [DeliveryState.FAILED]


async def test_of_two_tries_at_once_one_is_noted(store, app, duty):
    (before,) = await store.list_due_deliveries(ACME, now=Clock().now(), limit=9)
    after = replace(before, attempts=1, state=DeliveryState.DELIVERED, answer="200")
    assert await store.note_delivery(before, after, now=Clock().now())
    assert not await store.note_delivery(before, replace(after, answer="204"), now=Clock().now())
    assert [one.answer for one in await list_deliveries(store)] == ["200"]
