"""A ledger of each test's own, with its pages."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shipledger.clock import Clock
from shipledger.store.open import open_store
from tests.support.pen import Pen, new_pen
from tests.support.site import Site


@asynccontextmanager
async def opened_site(database_url: str) -> AsyncIterator[Site]:
    """The pages over a database, which must be empty."""
    store = await open_store(database_url)
    clock = Clock()
    now = clock.now()
    yield Site(store, await new_pen(store, now=now), clock, now)
    await store.close()


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[Site]:
    async with opened_site(database_url) as made:
        yield made


@pytest.fixture(scope="module")
async def one_site(tmp_path_factory: pytest.TempPathFactory, database_template: Path) -> AsyncIterator[Site]:
    """The pages over a file, for all tests of a module that ask for what the store has no part in."""
    database = shutil.copy(database_template, tmp_path_factory.mktemp("site") / "shipledger.db")
    async with opened_site(f"sqlite:///{database}") as made:
        await made.pen.create_service("Checkout", at=made.now)
        yield made


@pytest.fixture
def pen(site: Site) -> Pen:
    return site.pen
