"""The right to rebuild: one process at a time, and no server meanwhile.

Between emptying and refilling the projections, recorded deployments are missing. A server that settled receipts
then would call them unknown. So a mark records the rebuild, and survives a kill.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shipledger.database_url import is_postgres, parse_sqlite_path
from shipledger.duties.roster import SILENT_SECONDS
from shipledger.store.contract import Store
from shipledger.store.file_marks import begin_mark, end_mark
from shipledger.store.installation.unfinished_contract import REBUILD, REBUILD_REMEDY
from shipledger.store.server_lock import server_lock


@asynccontextmanager
async def alone_to_rebuild(database_url: str, store: Store) -> AsyncIterator[None]:
    """Hold the right to rebuild. The mark is removed if the block ends without an exception.

    Raises Conflict while a server runs on the database, and Unavailable.
    """
    if is_postgres(database_url):
        await store.begin_rebuild(silent_seconds=SILENT_SECONDS)
        yield
        await store.end_rebuild()
        return
    path = parse_sqlite_path(database_url)
    with server_lock(database_url):
        begin_mark(path, REBUILD, REBUILD_REMEDY)
        yield
        end_mark(path, REBUILD)
