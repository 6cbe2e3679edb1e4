"""The way to a store."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection
from pathlib import Path

from msgspec.structs import replace

from shipledger.aggregates import AGGREGATES
from shipledger.database_url import is_postgres, parse_sqlite_path, without_password
from shipledger.errors import Unavailable
from shipledger.ledger.aggregate import Aggregates
from shipledger.settings import Settings
from shipledger.store.absence import no_ledger
from shipledger.store.contract import Store
from shipledger.store.file_marks import list_marks
from shipledger.store.installation.unfinished_contract import refuse_unfinished
from shipledger.store.postgres.options import Options, read_options
from shipledger.store.server_lock import is_served_by_another, refuse_another_name
from shipledger.store.sqlite.connection import has_log
from shipledger.store.sqlite.migrate import is_ledger, migrate
from shipledger.store.sqlite.store import SqliteStore


async def open_store(
    database_url: str,
    options: Options | None = None,
    *,
    finishing: Collection[str] = (),
    creates: bool = True,
    aggregates: Aggregates = AGGREGATES,
) -> Store:
    """The open store at ``database_url``, created or migrated first when needed. A SQLite file needs no ``options``.

    The caller closes it. Raises NotFound when there is no ledger and it ``creates`` none, Invalid for a URL that names no
    store, Unavailable when it cannot be opened, and Conflict when an operation was interrupted so that the ledger must not be
    used. Who is ``finishing`` such operations may use it.
    """
    if is_postgres(database_url):
        store = await _open_postgres(database_url, options or Options(), aggregates, creates=creates)
    else:
        store = await _open_sqlite(parse_sqlite_path(database_url), finishing, aggregates, creates=creates)
    try:
        refuse_unfinished(await store.list_unfinished(), finishing=finishing)
        with contextlib.suppress(Unavailable):  # of a damaged file; `shipledger doctor` has to open it, and the duty tries again
            await store.enter_left_gates()
    except BaseException:
        await store.close()
        raise
    return store


async def open_store_of(settings: Settings, *, finishing: Collection[str] = (), creates: bool = True) -> Store:
    """The open store that the settings name. Raises as ``open_store`` does."""
    return await open_store(settings.database_url, read_options(settings), finishing=finishing, creates=creates)


async def open_to_read(settings: Settings, *, connect_seconds: float) -> Store:
    """The open store that the settings name, for questions alone. Nothing is created or changed, its schema included.

    Raises as ``open_store`` does, and Unavailable where the schema is not the newest.
    """
    if is_postgres(settings.database_url):
        from shipledger.store.postgres.store import PostgresStore  # noqa: PLC0415  as below

        options = replace(read_options(settings), connect_seconds=connect_seconds, statement_seconds=connect_seconds)
        store = PostgresStore(settings.database_url, options)
        await store.open()
        return store
    path = parse_sqlite_path(settings.database_url)
    if not path.is_file():
        raise no_ledger(str(path))
    file = SqliteStore(path)
    await file.open_to_read()
    return file


async def _open_sqlite(path: Path, finishing: Collection[str], aggregates: Aggregates, *, creates: bool) -> Store:
    refuse_unfinished(list_marks(path), finishing=finishing)  # before the schema of what is half there is changed
    if not creates and not await asyncio.to_thread(is_ledger, path):
        raise no_ledger(str(path))
    refuse_another_name(path)
    had_log, is_in_use = has_log(path), is_served_by_another(path)
    await asyncio.to_thread(migrate, path)
    store = SqliteStore(path, aggregates)
    await store.open()
    if not (had_log and is_in_use):  # a server that runs has it open
        await store.look_back(had_log=had_log)
    return store


async def _open_postgres(database_url: str, options: Options, aggregates: Aggregates, *, creates: bool) -> Store:
    from shipledger.store.postgres.store import PostgresStore  # noqa: PLC0415  a SQLite file needs no driver

    store = PostgresStore(database_url, options, aggregates)
    if not await store.migrate(creates=creates):
        raise no_ledger(without_password(database_url))
    await store.open()
    return store
