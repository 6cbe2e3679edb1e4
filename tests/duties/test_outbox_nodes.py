"""Several nodes send nothing twice at once, and what one that died has left is sent by another."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from shipledger.duties.outbox import CLAIM
from shipledger.forwarding.message import MessageState
from shipledger.forwarding.pauses import LONGEST_PAUSE
from shipledger.forwarding.trying import Tried
from shipledger.gating.gate import GateStatus
from tests.support.factories import ACME
from tests.support.gating import decide_gate
from tests.support.outboxes import add_app, ask, get_log, list_messages, live, send, worker

SECOND = timedelta(seconds=1)


async def test_two_nodes_send_nothing_twice_at_once_and_keep_the_order_of_a_subject(store, target, outbox, clock):
    await add_app(store, target)
    gate = await ask(store, 1)
    await decide_gate(store, gate, GateStatus.PREVENTED)
    target.hold.clear()
    async with worker(store, clock, node_id="other") as other, worker(store, clock, node_id="third") as third:
        both = [asyncio.create_task(send(node)) for node in (outbox, other)]
        await target.arrived.acquire()
        await send(third)  # finds nothing to do
        assert len(target.got) == 1
        target.hold.set()
        await asyncio.gather(*both)
        await asyncio.gather(send(outbox), send(other))
    assert [call.body["gatingStatus"] for call in target.got] == ["awaiting", "prevented"]


async def test_a_node_that_dies_before_it_has_recorded_lets_another_send_again_under_the_same_name(store, target, clock):
    await add_app(store, target)
    await ask(store, 1)
    async with worker(store, clock, node_id="dead") as dead, worker(store, clock, node_id="heir") as heir:
        target.hold.clear()
        life = asyncio.create_task(live(dead))
        await target.arrived.acquire()
        life.cancel()
        await asyncio.wait([life])
        await dead.finish()
        target.hold.set()
        await send(heir)
        assert len(target.got) == 1, "its claim holds"
        clock.ahead += CLAIM
        await send(heir)
    assert len(target.got) == 2
    assert len({call.headers["x-atlassian-webhook-identifier"] for call in target.got}) == 1
    assert [one.state for one in await list_messages(store)] == [MessageState.DELIVERED]


async def test_a_node_that_is_gone_is_not_waited_for(store, target, clock, outbox):
    await add_app(store, target)
    await ask(store, 1)
    (ready,) = await store.list_ready_targets(ACME, now=clock.now())
    (message,) = await store.claim_messages(ready, node_id="gone", now=clock.now(), until=clock.now() + CLAIM, most=4, limit=4)
    await store.release_silent_claims(silent_seconds=10)
    await send(outbox)
    assert len(target.got) == 1
    log = await get_log(store)
    late = Tried(attempt=log.attempts[0], at=clock.now(), chance=0, has_even_time=True)
    assert not await store.record_attempt(message, late, node_id="gone"), "what it has to say comes too late"
    assert await get_log(store) == log


@pytest.mark.parametrize("is_ahead", [False, True])
async def test_a_target_is_ready_and_messages_too_old_unless_one_is_being_sent(store, target, clock, is_ahead):
    await add_app(store, target)
    await decide_gate(store, await ask(store, 1), GateStatus.ALLOWED)
    (ready,) = await store.list_ready_targets(ACME, now=clock.now())
    until = clock.now() + (timedelta(days=800) if is_ahead else CLAIM)
    (first,) = await store.claim_messages(ready, node_id="sender", now=clock.now(), until=until, most=4, limit=4)
    assert first.place == 1, "the decision comes later"
    assert await store.list_ready_targets(ACME, now=clock.now()) == ([ready] if is_ahead else [])
    given_up = await store.give_up_old_messages(ACME, until=clock.now() + timedelta(days=1), now=clock.now())
    assert given_up == (2 if is_ahead else 1), "a claim for so long was made while the clock was ahead"


async def test_what_was_put_off_while_the_clock_was_ahead_is_sent_once_it_is_right_again(store, target, outbox, clock):
    await add_app(store, target)
    target.ways = [503, 204]
    await ask(store, 1)
    clock.ahead, clock.is_even = timedelta(days=800), False
    await send(outbox)
    clock.ahead = timedelta()
    await send(outbox)
    assert [one.state for one in await list_messages(store)] == [MessageState.DELIVERED]


def test_a_claim_outlasts_a_call():
    assert timedelta(seconds=10) < CLAIM < LONGEST_PAUSE
