"""A ledger of each test's own, with its pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shipledger.clock import Clock
from shipledger.store.open import open_store
from tests.support.pen import Pen, new_pen
from tests.support.site import Site


@pytest.fixture
async def site(database: Path) -> AsyncIterator[Site]:
    store = await open_store(f"sqlite:///{database}")
    clock = Clock()
    now = clock.now()
    yield Site(store, await new_pen(store, now=now), clock, now)
    await store.close()


@pytest.fixture
def pen(site: Site) -> Pen:
    return site.pen
