"""A ledger of each test's own, with its pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shipledger.clock import Clock
from shipledger.store.open import open_store
from tests.support.lent_databases import lent_ledger_database
from tests.support.pen import Pen, new_pen
from tests.support.site import Site


@pytest.fixture(params=["sqlite", "postgres"])
async def ledger_url(request: pytest.FixtureRequest, database: Path) -> AsyncIterator[str]:
    """The address of an empty ledger, of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{database}"
    else:
        async with lent_ledger_database() as url:
            yield url


@pytest.fixture
async def site(ledger_url: str) -> AsyncIterator[Site]:
    store = await open_store(ledger_url)
    clock = Clock()
    now = clock.now()
    yield Site(store, await new_pen(store, now=now), clock, now)
    await store.close()


@pytest.fixture
def pen(site: Site) -> Pen:
    return site.pen
