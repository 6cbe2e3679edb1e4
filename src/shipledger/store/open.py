"""The way to a store."""

from __future__ import annotations

import asyncio

from shipledger.settings import Settings
from shipledger.store.contract import Store
from shipledger.store.database_url import is_postgres, parse_sqlite_path
from shipledger.store.postgres.options import Options, read_options
from shipledger.store.sqlite.migrate import migrate
from shipledger.store.sqlite.store import SqliteStore


async def open_store(database_url: str, options: Options | None = None) -> Store:
    """The open store at ``database_url``, created or migrated first when needed. A SQLite file needs no ``options``.

    The caller closes it. Raises Invalid for a URL that names no store, and Unavailable when it cannot be opened.
    """
    if is_postgres(database_url):
        return await _open_postgres(database_url, options or Options())
    path = parse_sqlite_path(database_url)
    await asyncio.to_thread(migrate, path)
    store = SqliteStore(path)
    await store.open()
    return store


async def open_store_of(settings: Settings) -> Store:
    """The open store that the settings name. Raises as ``open_store`` does."""
    return await open_store(settings.database_url, read_options(settings))


async def _open_postgres(database_url: str, options: Options) -> Store:
    from shipledger.store.postgres.store import PostgresStore  # noqa: PLC0415  a SQLite file needs no driver

    store = PostgresStore(database_url, options)
    await store.migrate()
    await store.open()
    return store
