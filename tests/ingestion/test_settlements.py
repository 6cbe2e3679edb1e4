from __future__ import annotations

import asyncio

from shipledger.ingestion.settlements import Settlements
from shipledger.ledger.verdict import Verdict, VerdictKind
from shipledger.store.receipts.settled import SettledReceipt
from tests.support.factories import make_receipt, moment


async def test_an_announcement_wakes_whoever_watches_the_receipt():
    settlements = Settlements()
    with settlements.watch("r1") as first, settlements.watch("r1") as second, settlements.watch("r2") as other:
        waits = [asyncio.create_task(watch.wait(5)) for watch in (first, second)]
        await asyncio.sleep(0)
        settlements.announce(["r1"])
        assert await asyncio.gather(*waits) == [True, True]
        assert await other.wait(0) is False


async def test_a_settlement_between_the_look_and_the_wait_is_not_missed():
    settlements = Settlements()
    with settlements.watch("r1") as watch:
        settlements.announce(["r1"])
        assert await watch.wait(0.01) is True


async def test_what_nobody_watches_any_more_is_forgotten():
    settlements = Settlements()
    with settlements.watch("r1"):
        pass
    settlements.announce(["r1"])
    with settlements.watch("r1") as watch:
        assert await watch.wait(0) is False


async def test_an_announcement_with_verdicts_carries_them():
    settlements = Settlements()
    receipt = make_receipt(1)
    settled = SettledReceipt(receipt=receipt, verdicts=(Verdict(kind=VerdictKind.APPLIED, deployment_id="d1"),), entries=())
    with settlements.watch(receipt.receipt_id) as watch, settlements.watch("other") as other:
        settlements.announce_settled([settled], moment(2))
        assert await watch.wait(0.01) is True
        assert watch.settlement.verdicts == settled.verdicts
        assert other.settlement is None
