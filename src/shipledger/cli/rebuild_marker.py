"""A mark that says: a rebuild is under way, or was interrupted.

Between emptying the projections and filling them, deployments that were recorded are not there. A server that decided
then would call them unknown. The mark outlives a killed rebuild, and a server does not start while it is there. For a
SQLite file it is a file beside it; a PostgreSQL database keeps its own.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from shipledger.duties.roster import SILENT_SECONDS
from shipledger.errors import Conflict, Unavailable
from shipledger.store.contract import Store
from shipledger.store.database_url import is_postgres, parse_sqlite_path
from shipledger.store.server_lock import server_lock

_SUFFIX = ".rebuilding"


@contextmanager
def marked_as_rebuilding(database_url: str) -> Iterator[None]:
    """The mark is durable when the block is entered, and goes when the block ends without an exception."""
    path = _marker_of(database_url)
    try:
        path.touch(mode=0o600)
        _sync_folder(path.parent)
    except OSError as error:
        raise Unavailable("rebuild_marker", f"The file {path} cannot be made: {error.strerror}.") from error
    yield
    path.unlink(missing_ok=True)


@asynccontextmanager
async def alone_to_rebuild(database_url: str, store: Store) -> AsyncIterator[None]:
    """The right to rebuild, with the mark. Raises Conflict while a server runs on the database."""
    if is_postgres(database_url):
        await store.begin_rebuild(silent_seconds=SILENT_SECONDS)
        yield
        await store.end_rebuild()
    else:
        with server_lock(database_url), marked_as_rebuilding(database_url):
            yield


def was_interrupted(database_url: str) -> bool:
    """Whether a rebuild of a SQLite file is under way or was interrupted."""
    return not is_postgres(database_url) and _marker_of(database_url).exists()


def refuse_interrupted_rebuild(database_url: str) -> None:
    """Raises Conflict when a rebuild is under way or was interrupted."""
    if was_interrupted(database_url):
        raise Conflict(
            "rebuild_interrupted",
            "A rebuild of this database was not finished, so deployments are missing; run `shipledger rebuild` again.",
        )


def forget_rebuild(database_url: str) -> None:
    """Take the mark away: a whole database has taken the place of the one that was being rebuilt."""
    _marker_of(database_url).unlink(missing_ok=True)


def _marker_of(database_url: str) -> Path:
    real = parse_sqlite_path(database_url).resolve()
    return real.with_name(real.name + _SUFFIX)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
