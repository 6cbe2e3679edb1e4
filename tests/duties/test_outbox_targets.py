"""Each target has its own pace: those that fail are left alone, and hold up no other."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from shipledger.clock import Clock
from shipledger.duties.outbox import MOST_OF_TARGET
from shipledger.forwarding.breaker import OPENS_AFTER
from shipledger.forwarding.message import MessageState
from tests.support.factories import ACME, make_id
from tests.support.fickle_target import fickle_target
from tests.support.outboxes import add_app, ask, get_log, list_messages, send, worker

SECOND = timedelta(seconds=1)
ON_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
"""For what the database has no part in."""


@ON_SQLITE
async def test_who_wants_no_calls_is_not_told(store, target, outbox):
    await ask(store, 1, by=1)
    await send(outbox)
    assert await list_messages(store) == []


@ON_SQLITE
async def test_an_address_where_the_server_may_not_call_is_refused(store, target, clock):
    await add_app(store, target)
    await ask(store, 1)
    async with worker(store, clock, networks="") as outbox:
        await send(outbox)
    assert target.got == []
    assert "private network" in (await get_log(store)).attempts[0].answer


async def test_a_target_that_asks_for_time_gets_it_for_all_its_messages(store, target, outbox, clock):
    await add_app(store, target)
    target.ways, target.headers = [429, 204], {"Retry-After": "120"}
    await ask(store, 1)
    await send(outbox)
    await ask(store, 2)
    clock.ahead += 115 * SECOND
    await send(outbox)
    assert len(target.got) == 1
    clock.ahead += 6 * SECOND
    await send(outbox)
    assert len(target.got) == 3


async def test_the_breaker_opens_probes_with_one_message_and_lets_all_go_when_the_target_is_back(store, target, outbox, clock):
    await add_app(store, target)
    target.ways = [503]
    for number in range(1, 2 * OPENS_AFTER):
        await ask(store, number)
    await send(outbox)
    await send(outbox)
    assert len(target.got) == 2 * MOST_OF_TARGET, "what was under way when it opened"
    assert (await store.get_outbox_backlog()).open_targets == 1
    async with worker(store, clock, node_id="other") as other:  # the breaker is everybody's, and outlives restarts
        await send(other)
        assert len(target.got) == 2 * MOST_OF_TARGET
        clock.ahead += 40 * SECOND
        await send(other)
        await send(other)
        assert len(target.got) == 2 * MOST_OF_TARGET + 1
    clock.ahead += timedelta(minutes=2)
    target.ways = [204]
    for _ in range(3):
        await send(outbox)
    assert {one.state for one in await list_messages(store)} == {MessageState.DELIVERED}
    assert (await store.get_outbox_backlog()).open_targets == 0


@ON_SQLITE
async def test_a_target_that_hangs_holds_up_no_other(store, target, clock):
    async with fickle_target() as slow, worker(store, clock, within_seconds=1.0) as outbox:
        slow.ways = ["hang"]
        await add_app(store, slow, number=8)
        await add_app(store, target)
        for number in range(1, 9):
            await ask(store, number, by=8)
        await ask(store, 9)
        await outbox.run()
        await asyncio.wait_for(target.arrived.acquire(), 60)
        await outbox.finish()
        assert slow.most_at_once == MOST_OF_TARGET
        states = [(one.target_id, one.state) for one in await list_messages(store)]
        assert states == [*[(make_id(8), MessageState.PENDING)] * 8, (make_id(7), MessageState.DELIVERED)]
        assert (await get_log(store)).attempts[0].answer == "localhost did not answer within 1 seconds."


async def test_the_app_is_told_when_it_is_enabled_again_and_not_while_it_is_disabled(store, target, outbox):
    credential, app = await add_app(store, target)
    await ask(store, 1)
    await store.update_signing_app(credential, replace(app, is_enabled=False), expected_secret=app.sealed_secret)
    await send(outbox)
    assert target.got == []
    await store.update_signing_app(credential, app, expected_secret=app.sealed_secret)
    await send(outbox)
    assert len(target.got) == 1


async def test_messages_go_with_the_app_and_with_the_record_that_they_are_about(store, target):
    await add_app(store, target)
    await add_app(store, target, number=8)
    await ask(store, 1)
    await ask(store, 2, by=8)
    assert await store.delete_credential(ACME, make_id(7), reason="x", now=Clock().now())
    assert [one.target_id for one in await list_messages(store)] == [make_id(8)]
