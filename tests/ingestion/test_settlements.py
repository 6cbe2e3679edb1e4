from __future__ import annotations

import asyncio

from shipledger.ingestion.settlements import Settlements


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
