"""A ledger of each test's own, with its pages."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from shipledger.clock import Clock
from shipledger.store.open import open_store
from tests.support.pen import Pen, new_pen
from tests.support.site import Site


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[Site]:
    store = await open_store(database_url)
    clock = Clock()
    now = clock.now()
    yield Site(store, await new_pen(store, now=now), clock, now)
    await store.close()


@pytest.fixture
def pen(site: Site) -> Pen:
    return site.pen
