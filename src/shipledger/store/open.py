"""The way to a store."""

from __future__ import annotations

import asyncio

from shipledger.store.contract import Store
from shipledger.store.database_url import parse_sqlite_path
from shipledger.store.sqlite.migrate import migrate
from shipledger.store.sqlite.store import SqliteStore


async def open_store(database_url: str) -> Store:
    """The open store at ``database_url``, created or migrated first when needed.

    The caller closes it. Raises Invalid for a URL that names no store, and Unavailable when it cannot be opened.
    """
    path = parse_sqlite_path(database_url)
    await asyncio.to_thread(migrate, path)
    store = SqliteStore(path)
    await store.open()
    return store
