"""Nodes that share a database, in every store."""

import asyncio
from copy import copy

import pytest
from msgspec.structs import replace

from shipledger.errors import Conflict, Unavailable
from tests.support.factories import ACME, START, decide_receipt, make_batch, make_receipt, make_record, moment

LONG = 60.0


async def claimed(store) -> list:
    return [one.receipt for one in await store.claim_receipts(node_id="next", limit=9)]


async def test_what_an_unknown_node_claimed_is_freed_and_what_a_living_one_claimed_is_kept(store):
    await store.register_node("living")
    await store.append_receipts([make_receipt(1), make_receipt(2)], claimed_by="dead")
    await store.append_receipts([make_receipt(3)], claimed_by="living")
    assert await store.release_silent_claims(silent_seconds=LONG) == 2
    assert await store.release_silent_claims(silent_seconds=LONG) == 0
    assert await claimed(store) == [make_receipt(1), make_receipt(2)]


async def test_a_node_that_falls_silent_loses_its_claims(store):
    await store.register_node("silent")
    await store.append_receipts([make_receipt(1)], claimed_by="silent")
    await asyncio.sleep(0.03)
    assert await store.release_silent_claims(silent_seconds=0.02) == 1
    assert await claimed(store) == [make_receipt(1)]


async def test_a_beat_keeps_a_node_alive_that_never_registered(store):
    await store.append_receipts([make_receipt(1)], claimed_by="a")
    assert await store.beat("a", duties=(), lease_seconds=LONG) == frozenset()
    assert await store.release_silent_claims(silent_seconds=LONG) == 0


async def test_a_settled_receipt_is_not_freed(store):
    receipt = make_receipt(1)
    await store.append_receipts([receipt], claimed_by="dead")
    await store.settle(make_batch(decide_receipt(receipt, make_record(1))))
    assert await store.release_silent_claims(silent_seconds=LONG) == 0
    assert (await store.find_receipt(ACME, receipt.receipt_id)).settlement.settled_at is not None


async def test_a_lease_is_held_by_one_node_until_it_is_forgotten(store):
    assert await store.beat("a", duties=["seal", "sync"], lease_seconds=LONG) == {"seal", "sync"}
    assert await store.beat("b", duties=["erase", "seal", "sync"], lease_seconds=LONG) == {"erase"}
    assert await store.beat("a", duties=["seal"], lease_seconds=LONG) == {"seal"}
    assert await store.list_duty_holders() == {"erase": "b", "seal": "a", "sync": "a"}
    assert [(one.node_id, one.is_alive) for one in await store.list_nodes(silent_seconds=LONG)] == [("a", True), ("b", True)]
    assert [one.is_alive for one in await store.list_nodes(silent_seconds=0)] == [False, False]
    await store.forget_node("a")
    assert await store.beat("b", duties=["seal", "sync"], lease_seconds=LONG) == {"seal", "sync"}
    assert [one.node_id for one in await store.list_nodes(silent_seconds=LONG)] == ["b"]
    assert await store.list_duty_holders() == dict.fromkeys(("erase", "seal", "sync"), "b")


async def test_a_lease_that_ran_out_goes_to_who_asks_first(store):
    assert await store.beat("a", duties=["seal"], lease_seconds=0.02) == {"seal"}
    await asyncio.sleep(0.04)
    assert await store.list_duty_holders() == {}, "nobody does it"
    assert await store.beat("b", duties=["seal"], lease_seconds=LONG) == {"seal"}
    assert await store.beat("a", duties=["seal"], lease_seconds=LONG) == frozenset()


@pytest.mark.pooled
async def test_many_nodes_that_ask_at_once_share_the_duties_without_overlap(store):
    duties = [f"duty {number}" for number in range(5)]
    held = await asyncio.gather(*(store.beat(f"node-{number}", duties=duties, lease_seconds=LONG) for number in range(8)))
    assert sorted(name for names in held for name in names) == duties


async def test_a_forgotten_node_leaves_its_receipts_to_others(store):
    await store.register_node("a")
    await store.append_receipts([make_receipt(1)], claimed_by="a")
    await store.append_receipts([make_receipt(2)], claimed_by="b")
    await store.forget_node("a")
    assert await claimed(store) == [make_receipt(1)]


@pytest.mark.pooled
async def test_a_rebuild_begins_when_no_node_lives_and_no_node_begins_before_it_ends(store):
    await store.register_node("a")
    with pytest.raises(Conflict) as refused:
        await store.begin_rebuild(silent_seconds=LONG)
    assert refused.value.code == "server_running"
    assert await store.is_rebuilding() is False
    await store.forget_node("a")
    await store.begin_rebuild(silent_seconds=LONG)
    await store.begin_rebuild(silent_seconds=LONG)
    assert await store.is_rebuilding() is True
    with pytest.raises(Conflict) as refused:
        await store.register_node("b")
    assert refused.value.code == "rebuild_interrupted"
    await store.end_rebuild()
    await store.register_node("b")


@pytest.mark.pooled
async def test_a_node_and_a_rebuild_never_begin_both(store):
    outcomes = await asyncio.gather(
        store.register_node("a"), store.begin_rebuild(silent_seconds=LONG), store.register_node("b"), return_exceptions=True
    )
    assert (outcomes[1] is None) != (outcomes[0] is None or outcomes[2] is None)


async def test_a_rebuild_does_not_wait_for_a_node_that_is_silent(store):
    await store.register_node("dead")
    await asyncio.sleep(0.03)
    await store.begin_rebuild(silent_seconds=0.02)
    assert await store.is_rebuilding() is True


async def test_a_node_that_a_rebuild_took_for_dead_settles_nothing_more_and_does_not_come_back(store):
    batch = replace(make_batch(decide_receipt(make_receipt(1), make_record(1))), node_id="hung")
    await store.append_receipts([make_receipt(1), make_receipt(2)], claimed_by="hung")
    await store.register_node("hung")
    await asyncio.sleep(0.03)
    await store.begin_rebuild(silent_seconds=0.02)
    for _ in range(2):
        with pytest.raises(Unavailable):
            await store.settle(batch)
        with pytest.raises(Conflict) as refused:
            await store.beat("hung", duties=["seal"], lease_seconds=LONG)
        assert refused.value.code == "node_struck_off"
        if await store.is_rebuilding():
            await store.end_rebuild()
    assert (await store.find_settlement(ACME, make_receipt(1).receipt_id)).settled_at is None
    assert await store.release_silent_claims(silent_seconds=LONG) == 2
    await store.register_node("another")
    await store.settle(replace(batch, node_id="another"))


@pytest.mark.pooled
async def test_a_rebuild_that_hung_writes_nothing_once_another_has_taken_over(store):
    another_store = copy(store)  # over the same connections, as nothing of them tells two rebuilds apart
    _, deployment = decide_receipt(make_receipt(1), make_record(1))
    await store.begin_rebuild(silent_seconds=LONG)
    await store.clear_projections()
    await another_store.begin_rebuild(silent_seconds=LONG)
    for late in (store.clear_projections(), store.save_projections([deployment]), store.save_records([]), store.end_rebuild()):
        with pytest.raises(Conflict) as refused:
            await late
        assert refused.value.code == "rebuild_taken_over"
    assert await store.is_rebuilding() is True
    await another_store.clear_projections()
    await another_store.end_rebuild()
    with pytest.raises(Conflict):
        await store.clear_projections()
    await store.register_node("a")


async def share(store, second, *, order=0.0, has_jumped=False):
    """The furthest order of all, and since when the time has gone on evenly, as seconds."""
    shared = await store.share_time(now=moment(second), order=moment(order), has_jumped=has_jumped)
    return (shared.order - START).total_seconds(), (shared.even_since - START).total_seconds()


async def test_nodes_share_the_furthest_order_and_what_time_it_was(store):
    assert await store.find_time() is None
    assert await share(store, 0, order=7) == (7, 0)
    assert await share(store, 1, order=5) == (7, 0)
    assert await store.find_time() == (moment(7), moment(1))


async def test_time_goes_on_evenly_until_there_is_a_jump_or_a_long_gap(store):
    day = 24 * 3_600
    steps = [(0, 0), (30, 0), (-20, 0), (day - 60, 0), (3 * day, 3 * day), (3 * day + 5, 3 * day), (2 * day, 2 * day)]
    assert [(second, (await share(store, second))[1]) for second, _ in steps] == steps
    assert (await share(store, 2 * day + 9, has_jumped=True))[1] == 2 * day + 9
