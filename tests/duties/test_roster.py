"""Duties on nodes that share a database."""

import asyncio
import time
from collections import Counter

from shipledger.clock import Clock
from shipledger.duties.roster import Roster
from shipledger.duty import Duty
from shipledger.errors import Unavailable
from tests.support.factories import make_receipt


class Work:
    """Counts who did it, and may fail."""

    def __init__(self, *failures: Exception):
        self.done = Counter()
        self.failures = list(failures)

    def duty(self, node_id: str) -> Duty:
        async def run() -> None:
            if self.failures:
                raise self.failures.pop(0)
            self.done[node_id] += 1

        return Duty(name="work", pause_seconds=0.005, run=run)


def make_roster(store, work: Work, node_id: str, silent_seconds: float = 0.2) -> Roster:
    return Roster(
        store=store,
        duties=[work.duty(node_id)],
        node_id=node_id,
        clock=Clock(),
        monotonic=time.monotonic,
        beat_seconds=0.02,
        silent_seconds=silent_seconds,
    )


async def until(condition, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  nothing tells when work is done
            await asyncio.sleep(0.005)


async def test_a_duty_is_done_by_one_node_and_taken_over_when_that_stops(store):
    work = Work()
    first, second = make_roster(store, work, "first", 5), make_roster(store, work, "second", 5)
    first.start()
    await until(lambda: work.done["first"] > 2)
    second.start()
    await until(lambda: work.done["first"] > 5)
    assert work.done["second"] == 0
    await first.stop()
    seen = work.done["first"]
    await until(lambda: work.done["second"] > 2)
    assert work.done["first"] == seen
    await second.stop()


async def test_a_duty_of_a_node_that_died_is_taken_over(store):
    work = Work()
    dead, heir = make_roster(store, work, "dead"), make_roster(store, work, "heir")
    assert "work" in await store.beat("dead", duties=["work"], lease_seconds=0.1)
    heir.start()
    await until(lambda: work.done["heir"] > 0)
    await heir.stop()
    assert dead.held == frozenset()


async def test_a_duty_that_fails_is_tried_again(store):
    work = Work(Unavailable("disk_full", "The disk is full."), RuntimeError("a fault"))
    roster = make_roster(store, work, "a", 5)
    roster.start()
    await until(lambda: work.done["a"] > 0)
    await roster.stop()


async def test_a_node_that_cannot_reach_the_store_ends_its_duties_when_its_leases_have_run_out(store):
    work = Work()
    roster = make_roster(store, work, "a", 0.1)
    roster.start()
    await until(lambda: work.done["a"] > 0)
    await store.close()
    await until(lambda: not roster.held)
    assert roster.is_alive
    await roster.stop()


async def test_the_receipts_of_a_dead_node_are_rescued(store):
    await store.append_receipts([make_receipt(1)], claimed_by="dead")
    roster = make_roster(store, Work(), "living", 5)
    await roster.enter()
    claimed = await store.claim_receipts(node_id="living", limit=9)
    assert [one.receipt for one in claimed] == [make_receipt(1)]
    await store.append_receipts([make_receipt(2)], claimed_by="dead later")
    roster.start()
    async with asyncio.timeout(10):
        while not await store.claim_receipts(node_id="living", limit=9):  # noqa: ASYNC110  as above
            await asyncio.sleep(0.01)
    await roster.stop()
