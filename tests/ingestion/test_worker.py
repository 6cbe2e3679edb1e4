"""The worker over a real store. Receipts are claimed from the store, as after a restart, or offered, as by intake."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from shipledger.errors import Unavailable
from shipledger.ingestion import worker
from shipledger.ingestion.pressure import Pressure
from shipledger.ingestion.task_queue import BATCH_CHARACTERS
from shipledger.ingestion.worker import MAX_HELD_CHARACTERS
from shipledger.ledger.deployment import property_alias
from shipledger.ledger.receipt import Receipt, ReceiptState
from shipledger.ledger.state import State
from shipledger.ledger.submission import Amend, ChangeState, Facts, RemoveMatching, Target
from shipledger.ledger.verdict import Reason, VerdictKind
from shipledger.store.receipts.contract import SettlementBatch
from tests.support.factories import ACME, make_receipt, make_record, make_report, moment
from tests.support.in_time import in_time
from tests.support.worker_bench import NODE, Bench, working


def change_of(number: int, state: State = State.SUCCESSFUL) -> ChangeState:
    return ChangeState(
        source="opsgenie", target=Target(scope="opsgenie:create", key=str(number)), state=make_report(state, moment(number + 60))
    )


class Pressed(Pressure):
    """Senders that never cease."""

    def rest_seconds(self, worked_seconds: float) -> float:
        return 60.0


async def test_who_waits_for_a_verdict_does_not_wait_until_senders_have_ceased(store):
    async with working(store, pressure=Pressed(asyncio.get_running_loop().time)) as bench:
        for number in (1, 2):
            assert (await bench.settled(await bench.accept(number, make_record(number)))).state is ReceiptState.SETTLED


@pytest.fixture
def no_polling(monkeypatch):
    """Whoever is not woken sleeps for longer than a test may take."""
    monkeypatch.setattr(worker, "POLL_SECONDS", 3_600.0)


@pytest.mark.usefixtures("no_polling")
async def test_what_becomes_free_while_the_worker_looks_is_found_at_once(store, monkeypatch):
    verb = "count_free_receipts" if store.is_parted else "claim_receipts"
    look, late = getattr(store, verb), asyncio.get_running_loop().create_future()

    async def look_before_another_comes(**wanted):
        found = await look(**wanted)
        if not late.done():
            late.set_result(await bench.accept(1, make_record(1)))
        return found

    monkeypatch.setattr(store, verb, look_before_another_comes)
    async with working(store) as bench:
        assert (await bench.settled(await in_time(late))).state is ReceiptState.SETTLED


@pytest.mark.usefixtures("no_polling")
async def test_a_stop_while_the_worker_looks_does_not_wait(store):
    bench = Bench(store)
    bench.worker.start()
    await asyncio.sleep(0)
    await in_time(bench.worker.stop())


@pytest.mark.both_stores
async def test_what_waits_in_the_store_is_claimed_and_settled(store):
    async with working(store) as bench:
        settlement = await bench.settled(await bench.accept(1, make_record(1)))
    assert settlement.state is ReceiptState.SETTLED
    assert [verdict.kind for verdict in settlement.verdicts] == [VerdictKind.APPLIED]
    assert bench.counts.settled == [VerdictKind.APPLIED]


async def test_an_update_that_overtook_its_create_waits_for_it(store):
    async with working(store) as bench:
        update = await bench.accept(2, change_of(1))
        await asyncio.sleep(0.05)
        assert (await store.find_settlement(ACME, update)).state is ReceiptState.PENDING
        await bench.accept(1, make_record(1))
        settlement = await bench.settled(update)
    assert settlement.verdicts[0].kind is VerdictKind.APPLIED
    deployment = await store.find_deployment(ACME, Target(scope="opsgenie:create", key="1"))
    assert deployment.state is State.SUCCESSFUL


async def test_an_update_of_nothing_is_rejected_when_its_time_is_over(store):
    async with working(store, update_wait=timedelta(seconds=0.3)) as bench:
        settlement = await bench.settled(await bench.accept(2, change_of(1)))
    assert settlement.verdicts[0].kind is VerdictKind.REJECTED
    assert settlement.verdicts[0].reason is Reason.UNKNOWN_DEPLOYMENT


async def test_an_update_out_of_time_still_waits_while_an_older_receipt_is_undecided(store):
    create = make_receipt(1)
    await store.append_receipts([create], claimed_by="another node")
    async with working(store, update_wait=timedelta(0)) as bench:
        update = await bench.accept(2, change_of(1), young=False)
        await asyncio.sleep(0.1)
        assert (await store.find_settlement(ACME, update)).state is ReceiptState.PENDING
        bench.meanings[create.receipt_id] = (make_record(1),)
        await store.forget_node("another node")
        settlement = await bench.settled(update)
    assert settlement.verdicts[0].kind is VerdictKind.APPLIED


async def test_updates_of_nothing_do_not_wait_for_each_other(store):
    async with working(store, update_wait=timedelta(0)) as bench:
        updates = [await bench.accept(number, change_of(100 + number), young=False) for number in range(1, 81)]
        verdicts = [(await bench.settled(update, seconds=2)).verdicts[0] for update in updates]
    assert {verdict.reason for verdict in verdicts} == {Reason.UNKNOWN_DEPLOYMENT}


async def test_an_update_out_of_time_waits_for_an_older_create_behind_it(store):
    receipts = [make_receipt(2), make_receipt(1)]
    bench = Bench(store, update_wait=timedelta(0))
    await store.append_receipts(receipts, claimed_by=NODE)
    for receipt, submission in zip(receipts, (change_of(1), make_record(1)), strict=True):
        bench.worker.offer(receipt, (submission,))
    bench.worker.start()
    settlement = await bench.settled(receipts[0].receipt_id)
    await in_time(bench.worker.stop())
    assert settlement.verdicts[0].kind is VerdictKind.APPLIED


async def test_large_receipts_that_wait_are_settled_a_few_at_once(store, monkeypatch):
    settle, batches = store.settle, []

    async def note_and_settle(batch: SettlementBatch) -> None:
        batches.append(sum(len(one.receipt.body) for one in batch.receipts))
        await settle(batch)

    monkeypatch.setattr(store, "settle", note_and_settle)
    receipts = [make_receipt(number, body="x" * (BATCH_CHARACTERS // 3)) for number in range(1, 10)]
    bench = Bench(store)
    bench.meanings = {receipt.receipt_id: (make_record(number),) for number, receipt in enumerate(receipts, 1)}
    await store.append_receipts(receipts, claimed_by=None)
    bench.worker.start()
    states = {(await bench.settled(receipt.receipt_id)).state for receipt in receipts}
    await in_time(bench.worker.stop())
    assert states == {ReceiptState.SETTLED}
    assert max(batches) <= BATCH_CHARACTERS


async def test_a_receipt_that_crashes_the_interpreter_is_set_aside_and_the_others_are_settled(store):
    async with working(store) as bench:
        bad = await bench.accept(1, fault=RuntimeError("no such word"))
        good = await bench.accept(2, make_record(2))
        assert (await bench.settled(good)).state is ReceiptState.SETTLED
        settlement = await bench.settled(bad)
    assert settlement.state is ReceiptState.QUARANTINED
    assert settlement.failure == "RuntimeError: no such word"
    assert bench.counts.quarantined == 1


async def test_a_replayed_receipt_is_settled(store):
    async with working(store) as bench:
        receipt_id = await bench.accept(1, fault=RuntimeError("a fault of ours"))
        await bench.settled(receipt_id)
        bench.meanings[receipt_id] = (make_record(1),)
        await store.replay_receipt(ACME, receipt_id)
        assert (await bench.settled(receipt_id)).state is ReceiptState.SETTLED


@pytest.mark.both_stores
async def test_a_removal_by_properties_sees_what_came_before_it(store):
    namespace = "opsgenie"
    matching = [make_record(number, properties={"site": "eu"}) for number in (1, 2)]
    other = make_record(3, properties={"site": "us"})
    removal = RemoveMatching(source="opsgenie", aliases=(property_alias(namespace, "site", "eu"),))
    async with working(store) as bench:
        for number, record in enumerate([*matching, other], 1):
            await bench.accept(number, record)
        settlement = await bench.settled(await bench.accept(4, removal))
        again = await bench.settled(await bench.accept(5, removal))
    assert [verdict.kind for verdict in settlement.verdicts] == [VerdictKind.APPLIED] * 2
    assert [verdict.reason for verdict in again.verdicts] == [Reason.NO_MATCH]
    left = [await store.find_deployment(ACME, Target(scope="opsgenie:create", key=str(number))) for number in (1, 2, 3)]
    assert [deployment is None for deployment in left] == [True, True, False]


async def test_an_item_that_names_what_one_before_it_has_renamed_is_rejected_and_holds_up_nobody(store):
    old = Target(scope="opsgenie:external", key="build-1")
    rename = Amend(source="opsgenie", target=old, facts=Facts(external_id="build-2"), order=(2,))
    change = ChangeState(source="opsgenie", target=old, state=make_report(State.SUCCESSFUL, moment(60)))
    async with working(store) as bench:
        await bench.settled(await bench.accept(1, make_record(1, external_id="build-1")))
        settlement = await bench.settled(await bench.accept(2, rename, change))
        follower = await bench.settled(await bench.accept(3, make_record(3)))
    assert [verdict.kind for verdict in settlement.verdicts] == [VerdictKind.APPLIED, VerdictKind.REJECTED]
    assert settlement.verdicts[1].reason is Reason.COULD_NOT_BE_STORED
    assert settlement.verdicts[1].subject == "build-1"
    assert follower.state is ReceiptState.SETTLED


@pytest.mark.both_stores
async def test_a_commit_that_only_seemed_to_fail_is_found_and_not_repeated(store, monkeypatch):
    settle = store.settle
    is_first = True

    async def settle_and_break(batch: SettlementBatch) -> None:
        nonlocal is_first
        await settle(batch)
        if is_first:
            is_first = False
            raise Unavailable("store", "The connection broke while committing.")

    monkeypatch.setattr(store, "settle", settle_and_break)
    async with working(store) as bench:
        receipt_id = await bench.accept(1, make_record(1))
        await bench.settled(receipt_id)
        follower = await bench.settled(await bench.accept(2, make_record(2)))
    assert follower.state is ReceiptState.SETTLED
    deployment = await store.find_deployment(ACME, Target(scope="opsgenie:create", key="1"))
    assert len(await store.list_entries(ACME, deployment.deployment_id)) == 1
    assert bench.counts.quarantined == 0


@pytest.mark.both_stores
async def test_a_receipt_that_spoils_every_batch_ends_in_quarantine_alone(store, monkeypatch):
    settle = store.settle
    spoiler = make_receipt(1).receipt_id

    async def refuse_the_spoiler(batch: SettlementBatch) -> None:
        if any(one.receipt.receipt_id == spoiler for one in batch.receipts):
            raise ValueError("a row that cannot be written")
        await settle(batch)

    monkeypatch.setattr(store, "settle", refuse_the_spoiler)
    receipts = [make_receipt(number) for number in (1, 2, 3)]
    bench = Bench(store)
    bench.meanings = {receipt.receipt_id: (make_record(number),) for number, receipt in enumerate(receipts, 1)}
    await store.append_receipts(receipts, claimed_by=None)
    bench.worker.start()
    states = [(await bench.settled(receipt.receipt_id)).state for receipt in receipts]
    await in_time(bench.worker.stop())
    assert states == [ReceiptState.QUARANTINED, ReceiptState.SETTLED, ReceiptState.SETTLED]


@pytest.mark.both_stores
async def test_a_store_that_goes_away_while_a_receipt_is_set_aside_costs_no_other_receipt(store, monkeypatch):
    quarantine = store.quarantine_receipt
    is_away = True

    async def be_away_at_first(receipt: Receipt, **said: Any) -> None:
        nonlocal is_away
        if is_away:
            is_away = False
            raise Unavailable("store", "The database is away.")
        await quarantine(receipt, **said)

    monkeypatch.setattr(store, "quarantine_receipt", be_away_at_first)
    receipts = [make_receipt(number) for number in (1, 2, 3)]
    bench = Bench(store)
    bench.meanings = {receipt.receipt_id: (make_record(number),) for number, receipt in enumerate(receipts, 1)}
    bench.meanings[receipts[1].receipt_id] = RuntimeError("no such word")
    await store.append_receipts(receipts, claimed_by=None)
    bench.worker.start()
    states = [(await bench.settled(receipt.receipt_id)).state for receipt in receipts]
    await in_time(bench.worker.stop())
    assert states == [ReceiptState.SETTLED, ReceiptState.QUARANTINED, ReceiptState.SETTLED]


async def test_a_store_that_goes_away_while_a_spoiled_batch_is_taken_apart_costs_no_receipt(store, monkeypatch):
    settle = store.settle
    failures = iter([ValueError("a row that cannot be written"), Unavailable("store", "The database is away.")])

    async def fail_at_first(batch: SettlementBatch) -> None:
        for failure in failures:
            raise failure
        await settle(batch)

    monkeypatch.setattr(store, "settle", fail_at_first)
    receipts = [make_receipt(number) for number in (1, 2, 3)]
    bench = Bench(store)
    bench.meanings = {receipt.receipt_id: (make_record(number),) for number, receipt in enumerate(receipts, 1)}
    await store.append_receipts(receipts, claimed_by=None)
    bench.worker.start()
    states = [(await bench.settled(receipt.receipt_id)).state for receipt in receipts]
    await in_time(bench.worker.stop())
    assert states == [ReceiptState.SETTLED] * 3


@pytest.mark.both_stores
async def test_an_error_that_quotes_what_no_database_keeps_is_kept_in_other_characters(store):
    async with working(store) as bench:
        settlement = await bench.settled(await bench.accept(1, fault=RuntimeError("no such word: \ud800\0")))
    assert settlement.state is ReceiptState.QUARANTINED
    assert settlement.failure == "RuntimeError: no such word: \\ud800\ufffd"


async def test_a_fault_of_ours_outside_any_receipt_does_not_end_settlement(store, monkeypatch):
    claim = store.claim_receipts
    failures = iter([RuntimeError("a row that cannot be read")])

    async def fail_at_first(**wanted: Any) -> Any:
        for failure in failures:
            raise failure
        return await claim(**wanted)

    monkeypatch.setattr(store, "claim_receipts", fail_at_first)
    async with working(store) as bench:
        assert (await bench.settled(await bench.accept(1, make_record(1)))).state is ReceiptState.SETTLED


async def test_stopping_leaves_undecided_receipts_free_for_the_next_start(store):
    async with working(store) as bench:
        update = await bench.accept(2, change_of(1))
        await asyncio.sleep(0.05)
    claimed = await store.claim_receipts(node_id="the next", limit=10)
    assert [one.receipt.receipt_id for one in claimed] == [update]


async def test_stopping_rejects_no_update_whose_record_may_come_with_the_next_start(store, monkeypatch):
    look, stopping = store.find_oldest_unnoted, []

    async def stop_while_it_looks(organization_id):
        if not stopping:
            stopping.append(asyncio.create_task(bench.worker.stop()))
            await asyncio.sleep(0)
        return await look(organization_id)

    monkeypatch.setattr(store, "find_oldest_unnoted", stop_while_it_looks)
    bench = Bench(store, update_wait=timedelta(0))
    update = await bench.accept(2, change_of(1), young=False)
    bench.worker.start()
    async with asyncio.timeout(10):
        while not stopping:  # noqa: ASYNC110  what the worker looks for is the signal
            await asyncio.sleep(0.005)
    await in_time(stopping[0])
    settlement = await store.find_settlement(ACME, update)
    assert settlement.state is ReceiptState.PENDING


async def test_receipts_in_the_store_are_settled_while_memory_is_never_empty(store, monkeypatch):
    settle, numbers = store.settle, iter(range(2, 1_000))
    bench = Bench(store)

    async def offer_more_and_settle(batch: SettlementBatch) -> None:
        receipt = make_receipt(next(numbers))
        await store.append_receipts([receipt], claimed_by=NODE)
        bench.worker.offer(receipt, (make_record(),))
        await settle(batch)

    monkeypatch.setattr(store, "settle", offer_more_and_settle)
    bench.worker.start()
    await bench.settled(await bench.accept(1, make_record(1)))
    settlement = await bench.settled(await bench.accept(1_000, make_record(1_000)), seconds=2)
    await in_time(bench.worker.stop())
    assert settlement.state is ReceiptState.SETTLED


@pytest.mark.parametrize("count", [99, 100, 101])
async def test_the_memory_for_receipts_is_bounded(store, count):
    assert Bench(store).worker.has_room(count, 0) is (count <= 100)
    assert Bench(store).worker.has_room(1, count * MAX_HELD_CHARACTERS // 100) is (count <= 100)
