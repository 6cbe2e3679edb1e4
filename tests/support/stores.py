"""Every store that the conformance suite runs against, opened on a database of its own."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from pathlib import Path

import pytest

from shipledger.store.contract import Store
from shipledger.store.open import open_store
from shipledger.store.sqlite.migrate import migrate
from tests.support.factories import ACME, RIVAL, make_credential, make_organization
from tests.support.lent_databases import lent_ledger_database
from tests.support.pgbouncer import shared_pgbouncer
from tests.support.postgres import new_ledger_database


def sqlite_url(folder: Path) -> str:
    """The address of a SQLite file in ``folder``."""
    return f"sqlite:///{folder / 'ledger.db'}"


@asynccontextmanager
async def opened(database_url: str) -> AsyncIterator[Store]:
    """An open store, closed at the end."""
    store = await open_store(database_url)
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def sqlite_store(folder: Path) -> AsyncIterator[Store]:
    """A SQLite store with the organizations ACME and RIVAL, and a credential of ACME."""
    shutil.copy(_empty_file(), folder / "ledger.db")
    async with opened(sqlite_url(folder)) as store:
        await _prepare(store)
        yield store


@cache
def _empty_file() -> Path:
    """A file at the newest schema, to be copied: to write one takes half of the time of most tests."""
    folder = Path(tempfile.mkdtemp(prefix="shipledger-empty-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    migrate(folder / "ledger.db")
    return folder / "ledger.db"


@asynccontextmanager
async def postgres_store(_: Path | None = None) -> AsyncIterator[Store]:
    """A PostgreSQL store with the same, over a database of its own."""
    async with lent_ledger_database() as database_url, opened(database_url) as store:
        await _prepare(store)
        yield store


@asynccontextmanager
async def pooled_store(_: Path | None = None) -> AsyncIterator[Store]:
    """The same through PgBouncer in transaction mode."""
    async with new_ledger_database() as database_url, opened(shared_pgbouncer().url(database_url)) as store:
        await _prepare(store)
        yield store


async def _prepare(store: Store) -> None:
    await store.save_organization(make_organization(ACME))
    await store.save_organization(make_organization(RIVAL))
    await store.create_credential(make_credential(1))


def list_stores(metafunc: pytest.Metafunc) -> list[str]:
    """The stores that a test is marked for."""
    if metafunc.definition.get_closest_marker("only_postgres"):
        return ["postgres"]
    return ["sqlite", "postgres"] if metafunc.definition.get_closest_marker("both_stores") else ["sqlite"]


STORES: dict[str, Callable[[Path], AbstractAsyncContextManager[Store]]] = {"sqlite": sqlite_store, "postgres": postgres_store}
