"""Messages are sent until they are taken: over HTTP, to an app that checks the token with the vendor's library."""

from __future__ import annotations

from datetime import timedelta

import atlassian_jwt
import jwt
import pytest

from shipledger.duties.outbox_upkeep import OutboxUpkeep
from shipledger.errors import Conflict, NotFound
from shipledger.forwarding.message import MessageState, Result
from shipledger.gating.gate import GateStatus
from shipledger.protocols.times import format_time
from tests.support.factories import ACME, RIVAL
from tests.support.gating import decide_gate
from tests.support.outboxes import SECRET, add_app, ask, get_log, list_messages, send
from tests.support.settings import change_settings

SECOND = timedelta(seconds=1)
ON_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
"""For what the database has no part in."""


async def test_an_app_hears_of_every_change_in_order_and_once(store, target, outbox):
    await add_app(store, target)
    gate = await ask(store, 1)
    await decide_gate(store, gate, GateStatus.ALLOWED)
    decided = await store.find_gate(ACME, gate.deployment_id)
    for _ in range(3):
        await send(outbox)
    assert [call.body["gatingStatus"] for call in target.got] == ["awaiting", "allowed"]
    assert target.got[1].body == {
        "deploymentSequenceNumber": 20,
        "pipelineId": "shop",
        "environmentId": "prod",
        "updatedTimestamp": format_time(decided.changed_at),
        "gatingStatus": "allowed",
        "details": [
            {"type": "issue", "issueKey": "GATE-1", "issueLink": "https://ship.example.com/gates/GATE-1?organization=acme"}
        ],
    }
    headers = target.got[1].headers
    token = headers["authorization"].removeprefix("JWT ")
    claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    assert (claims["iss"], claims["exp"] - claims["iat"]) == (ACME, 180)
    assert claims["qsh"] == atlassian_jwt.url_utils.hash_url("POST", target.got[1].target.removeprefix("/connect"))
    assert headers["x-atlassian-webhook-identifier"] == f"{gate.deployment_id}-2"
    assert headers["content-type"] == "application/json"
    assert [one.state for one in await list_messages(store)] == [MessageState.DELIVERED] * 2
    (attempt,) = (await get_log(store)).attempts
    assert (attempt.number, attempt.result, attempt.status) == (1, Result.DELIVERED, 204)
    assert timedelta() < attempt.took < 10 * SECOND


FAILURES = [500, 503, 408, 409, 425, 429, "reset", "garbage"]


@ON_SQLITE
async def test_what_a_target_cannot_take_now_is_sent_again_with_growing_pauses_under_one_name(store, target, outbox, clock):
    await add_app(store, target)
    await ask(store, 1)
    target.ways = [*FAILURES, 204]
    pauses = []
    for count in range(len(FAILURES)):
        await send(outbox)
        (message,) = await list_messages(store)
        assert (message.state, message.tries) == (MessageState.PENDING, count + 1)
        pauses.append(message.due_at - clock.now())
        clock.ahead += max(pauses[-1], timedelta(minutes=15))  # as long as its breaker rests
    await send(outbox)
    assert len(target.got) == len(FAILURES) + 1
    assert [round(pause / SECOND, -1) for pause in pauses] == [10, 20, 40, 80, 160, 320, 640, 1_280]
    names = [call.headers["x-atlassian-webhook-identifier"] for call in target.got]
    repeats = [call.headers.get("x-atlassian-webhook-retry") for call in target.got]
    assert len({*names}) == 1
    assert repeats == [None, *(str(count + 1) for count in range(len(FAILURES)))]
    log = await get_log(store)
    assert [one.status for one in log.attempts] == [500, 503, 408, 409, 425, 429, None, None, 204]
    assert log.message.state is MessageState.DELIVERED
    assert "localhost" in log.attempts[6].answer


@ON_SQLITE
@pytest.mark.parametrize("way", [301, 410])
async def test_what_a_target_refuses_is_not_sent_again_and_redirects_are_not_followed(store, target, outbox, clock, way):
    await add_app(store, target)
    target.ways, target.headers = [way], {"Location": f"{target.url}/elsewhere"}
    await ask(store, 1)
    await send(outbox)
    clock.ahead += timedelta(days=1)
    await send(outbox)
    assert len(target.got) == 1
    assert [(one.state, one.reason) for one in await list_messages(store)] == [(MessageState.GIVEN_UP, "The target refused it.")]


@ON_SQLITE
async def test_the_log_has_the_start_of_an_answer_and_never_the_token_that_it_repeats(store, target, outbox):
    await add_app(store, target)
    target.ways = ["echo", "huge"]
    gate = await ask(store, 1)
    await decide_gate(store, gate, GateStatus.ALLOWED)
    await send(outbox)
    await send(outbox)
    echoed, huge = [(await get_log(store, place)).attempts[0] for place in (0, 1)]
    assert "POST /connect/gating" in echoed.answer
    assert target.got[0].headers["authorization"].removeprefix("JWT ")[:40] not in echoed.answer
    assert (huge.result, huge.answer) == (Result.DELIVERED, f"{'x' * 299}…")


async def test_a_message_is_sent_again_by_command_under_the_same_name_and_only_while_none_is_sending_it(store, target, outbox):
    await add_app(store, target)
    target.ways = [410, 204]
    await ask(store, 1)
    await send(outbox)
    (message,) = await list_messages(store)
    await store.redeliver_message(ACME, message.message_id, now=outbox._clock.now())
    target.hold.clear()
    await outbox.run()
    await target.arrived.acquire()
    await target.arrived.acquire()
    with pytest.raises(Conflict):
        await store.redeliver_message(ACME, message.message_id, now=outbox._clock.now())
    with pytest.raises(Conflict):
        await store.give_up_message(ACME, message.message_id, reason="", now=outbox._clock.now())
    target.hold.set()
    await outbox.finish()
    log = await get_log(store)
    assert [one.result for one in log.attempts] == [Result.REFUSED, Result.DELIVERED]
    assert (log.message.state, log.message.reason, log.message.tries, log.message.attempts) == (MessageState.DELIVERED, "", 1, 2)
    assert target.got[1].headers["x-atlassian-webhook-retry"] == "1"
    with pytest.raises(NotFound):
        await store.redeliver_message(RIVAL, message.message_id, now=outbox._clock.now())


async def test_what_nobody_took_for_three_days_is_given_up_and_what_is_over_is_forgotten_if_the_clock_is_right(
    store, target, clock
):
    await add_app(store, target)
    await ask(store, 1)
    upkeep, forgets = OutboxUpkeep(store, clock, keep=None), OutboxUpkeep(store, clock, keep=timedelta(days=30))

    async def left_after(run, *, days, is_even=True):
        clock.ahead, clock.is_even = timedelta(days=days), is_even
        await run()
        return [one.state for one in await list_messages(store)]

    assert await left_after(upkeep.run, days=2.9) == [MessageState.PENDING]
    assert await left_after(upkeep.run, days=4, is_even=False) == [MessageState.PENDING]
    assert await left_after(upkeep.run, days=4) == [MessageState.GIVEN_UP]
    assert await left_after(upkeep.run, days=99) == [MessageState.GIVEN_UP]
    assert await left_after(forgets.run, days=33) == [MessageState.GIVEN_UP]
    assert await left_after(forgets.run, days=99, is_even=False) == [MessageState.GIVEN_UP]
    await change_settings(store, ACME, outbox_retention_days=0)
    assert await left_after(forgets.run, days=99) == [MessageState.GIVEN_UP]
    await change_settings(store, ACME, outbox_retention_days=60)
    assert await left_after(upkeep.run, days=63) == [MessageState.GIVEN_UP]
    counts = [await store.count_old_messages(ACME, until=clock.now() - timedelta(days=kept), limit=9) for kept in (1, 60)]
    assert counts == [1, 0], "what would be forgotten is counted before"
    assert await left_after(upkeep.run, days=65) == []
