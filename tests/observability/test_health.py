"""Readiness: whether writes would be accepted and settled now."""

from __future__ import annotations

import asyncio

from shipledger.errors import Unavailable
from shipledger.observability.health import Health


class Store:
    """Something to ping, well or not."""

    def __init__(self) -> None:
        self.pings = 0
        self.problem: str | None = None
        self.hangs = False

    async def ping(self) -> None:
        self.pings += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.problem:
            raise Unavailable("store", self.problem)


class Watch:
    """A monotonic clock that stands still unless told."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def test_it_is_ready_when_the_store_takes_writes_and_every_part_is_well() -> None:
    readiness = await Health(Store().ping, {"worker": lambda: None}, Watch()).check_readiness()

    assert readiness.is_ready
    assert readiness.checks == {"store": "ok", "worker": "ok"}


async def test_a_part_that_is_not_well_says_so() -> None:
    readiness = await Health(Store().ping, {"worker": lambda: "The worker has stopped."}, Watch()).check_readiness()

    assert not readiness.is_ready
    assert readiness.checks == {"store": "ok", "worker": "The worker has stopped."}


async def test_a_store_that_refuses_is_named_with_its_reason() -> None:
    store = Store()
    store.problem = "The disk is full."

    readiness = await Health(store.ping, {}, Watch()).check_readiness()

    assert (readiness.is_ready, readiness.checks["store"]) == (False, "The disk is full.")


async def test_a_store_that_hangs_is_not_waited_for() -> None:
    store = Store()
    store.hangs = True

    readiness = await Health(store.ping, {}, Watch(), ping_seconds=0.01).check_readiness()

    assert not readiness.is_ready


async def test_a_crowd_that_asks_at_once_makes_one_write_and_recovery_is_seen_a_second_later() -> None:
    store, watch = Store(), Watch()
    store.problem = "The disk is full."
    health = Health(store.ping, {}, watch)
    await asyncio.gather(*(health.check_readiness() for _ in range(50)))
    assert store.pings == 1

    store.problem = None
    watch.seconds += 1
    assert (await health.check_readiness()).is_ready
