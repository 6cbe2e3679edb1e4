"""Settlement while the store cannot be reached, or does not show all that it has."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from shipledger.errors import Unavailable
from shipledger.ingestion import absences as module
from shipledger.ingestion.absences import Absences
from shipledger.ingestion.retry import Backoff
from shipledger.ingestion.task import Task
from shipledger.ledger.receipt import ReceiptState
from shipledger.store.receipts.contract import SettlementBatch
from tests.support.factories import ACME, make_receipt, make_record
from tests.support.in_time import in_time
from tests.support.worker_bench import NODE, working


async def test_a_store_that_is_away_delays_settlement_and_loses_nothing(store, monkeypatch):
    tries = 0
    settle = store.settle

    async def settle_at_the_third_try(batch: SettlementBatch) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise Unavailable("store", "The database is away.")
        await settle(batch)

    monkeypatch.setattr(store, "settle", settle_at_the_third_try)
    async with working(store) as bench:
        settlement = await bench.settled(await bench.accept(1, make_record(1)))
    assert settlement.state is ReceiptState.SETTLED
    assert tries == 3


@pytest.mark.both_stores
async def test_a_receipt_that_the_store_does_not_show_yet_is_settled_once_it_does(store):
    async with working(store) as bench:
        receipt = make_receipt(1)
        bench.worker.offer(receipt, (make_record(1),))
        async with asyncio.timeout(10):
            while not bench.worker.out_of_reach:  # noqa: ASYNC110  the worker has no signal for it
                await asyncio.sleep(0.01)
        await store.append_receipts([receipt], claimed_by=NODE)
        settlement = await bench.settled(receipt.receipt_id)
    assert settlement.state is ReceiptState.SETTLED


class Reached:
    """Settlement of organizations that cannot be reached until a test says so."""

    def __init__(self) -> None:
        self.tried: asyncio.Queue[list[str]] = asyncio.Queue()
        self.is_back = asyncio.Event()
        self.welcomed: list[Task] = []
        self.absences = Absences(settle=self.settle, claim=self.claim, welcome=self.welcomed.extend, batch_limit=2)

    async def settle(self, tasks, queue) -> None:
        self.tried.put_nowait([task.receipt.receipt_id for task in tasks])
        if not self.is_back.is_set():
            raise Unavailable("store", "The database is away.")
        tasks.clear()

    async def claim(self, organization_id) -> list[Task]:
        return [Task(make_receipt(9))]


async def test_one_that_cannot_be_settled_is_missed_at_once_and_its_tasks_keep_their_order():
    tasks = [Task(make_receipt(number)) for number in range(1, 5)]
    ids = [task.receipt.receipt_id for task in tasks]
    reached = Reached()
    with capture_logs() as logs:
        back = reached.absences.begin(ACME, tasks[:3])
        assert reached.absences.missed == frozenset()
        assert [await in_time(reached.tried.get()) for _ in range(3)] == [ids[:2]] * 3
        assert reached.absences.missed == {ACME}
        assert reached.absences.take_over(tasks[3])
        assert [task.receipt.receipt_id for task in reached.absences.list_tasks(ACME)] == ids
        reached.is_back.set()
        await in_time(back)
    assert reached.welcomed == tasks[2:]
    assert ACME not in reached.absences
    assert not reached.absences.take_over(tasks[3])
    told = [(one["log_level"], one["organization_id"], one["reason"]) for one in logs]
    assert told == [("warning", ACME, "The database is away.")]


async def test_one_without_tasks_is_asked_for_those_in_the_store():
    reached = Reached()
    await in_time(reached.absences.begin(ACME, ()))
    assert [task.receipt for task in reached.welcomed] == [make_receipt(9)]


async def test_a_stop_waits_for_no_pause_and_gives_back_what_is_left(monkeypatch):
    monkeypatch.setattr(module, "STOP_SECONDS", 1e6)
    monkeypatch.setattr(Backoff, "next_seconds", lambda self: 1e6)
    reached, task = Reached(), Task(make_receipt(1))
    back = reached.absences.begin(ACME, [task])
    await in_time(reached.tried.get())
    assert await in_time(reached.absences.stop()) == [task]
    assert back.done()


async def test_one_that_was_just_tried_alone_is_missed_and_tried_again_after_a_pause(monkeypatch):
    monkeypatch.setattr(Backoff, "next_seconds", lambda self: 1e6)
    reached, task = Reached(), Task(make_receipt(1))
    reached.absences.add(ACME, [task], has_failed_alone=True)
    assert reached.absences.missed == {ACME}
    assert (reached.absences.depth, reached.absences.characters) == (1, len(task.receipt.body))
    assert await in_time(reached.absences.stop()) == [task]
    assert reached.tried.empty()
