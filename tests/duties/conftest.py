from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shipledger.duties.outbox import Outbox
from shipledger.store.contract import Store
from tests.support.fickle_target import FickleTarget, fickle_target
from tests.support.outboxes import MovedClock, worker
from tests.support.stores import STORES


@pytest.fixture(params=STORES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    async with STORES[request.param](tmp_path) as opened:
        yield opened


@pytest.fixture
async def target() -> AsyncIterator[FickleTarget]:
    async with fickle_target() as running:
        yield running


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def outbox(store: Store, clock: MovedClock) -> AsyncIterator[Outbox]:
    async with worker(store, clock) as made:
        yield made
