"""Settlement while the store cannot be reached, or does not show all that it has."""

from __future__ import annotations

import asyncio

from shipledger.errors import Unavailable
from shipledger.ledger.receipt import ReceiptState
from shipledger.store.receipts.contract import SettlementBatch
from tests.support.factories import make_receipt, make_record
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
