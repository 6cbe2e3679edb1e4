"""Fixtures of the command line's tests."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from shipledger.store.open import open_store
from tests.support.commands import Commands
from tests.support.lent_databases import borrowed_ledger_database
from tests.support.pen import Pen, new_pen
from tests.support.server import files_of
from tests.support.stores import list_stores

T = TypeVar("T")
NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)

Write = Callable[[Callable[[Pen], Awaitable[T]]], T]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run commands over both stores where it is marked so, unless a test looks into the file: the rule of servers."""
    if "ledger_database" in metafunc.fixturenames:
        needs_file = not {"database", "server", "program", "ledger"}.isdisjoint(metafunc.fixturenames)
        stores = ["sqlite"] if needs_file else list_stores(metafunc)
        metafunc.parametrize("ledger_database", stores, indirect=True)


@pytest.fixture
def ledger_database(request: pytest.FixtureRequest, tmp_path: Path, database_template: Path) -> Iterator[Path | str]:
    """A database of this test's own, empty and at the newest schema: a file, or an address."""
    if request.param == "postgres":
        with borrowed_ledger_database() as url:
            yield url
    elif "database" in request.fixturenames:
        yield request.getfixturevalue("database")
    else:
        yield Path(shutil.copy(database_template, tmp_path / "shipledger.db"))


@pytest.fixture
def cli(ledger_database: Path | str, tmp_path: Path) -> Commands:
    """The command line over a database of this test's own."""
    return Commands(ledger_database, **files_of(ledger_database, tmp_path))


@pytest.fixture
def write(cli: Commands) -> Write:
    """Runs a function with a pen for the default organization, which must not exist yet."""

    def run(work: Callable[[Pen], Awaitable[T]]) -> T:
        async def with_pen() -> T:
            store = await open_store(cli.url)
            try:
                return await work(await new_pen(store, now=NOW))
            finally:
                await store.close()

        return asyncio.run(with_pen())

    return run
