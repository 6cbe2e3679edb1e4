"""A ledger of each test's own, with its pages."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shipledger.clock import Clock
from shipledger.store.open import open_store
from tests.support.lent_databases import lent_ledger_database
from tests.support.pen import Pen, new_pen
from tests.support.site import Site
from tests.support.stores import list_stores


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Show pages over both stores where it is marked so; elsewhere over SQLite alone, as everywhere."""
    if "site_database" in metafunc.fixturenames:
        metafunc.parametrize("site_database", list_stores(metafunc), indirect=True)


@pytest.fixture
async def site_database(request: pytest.FixtureRequest, database: Path) -> AsyncIterator[str]:
    """The address of a database of this test's own, empty and at the newest schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{database}"
    else:
        async with lent_ledger_database() as url:
            yield url


@asynccontextmanager
async def opened_site(database_url: str) -> AsyncIterator[Site]:
    """The pages over a database, which must be empty."""
    store = await open_store(database_url)
    clock = Clock()
    now = clock.now()
    yield Site(store, await new_pen(store, now=now), clock, now)
    await store.close()


@pytest.fixture
async def site(site_database: str) -> AsyncIterator[Site]:
    async with opened_site(site_database) as made:
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
