"""Erase in a SQLite file, and leave nothing of it in the file."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TypeVar

from shipledger.store.erasure.verbs import SqlErasure
from shipledger.store.session import Steps
from shipledger.store.sqlite.connection import Connection
from shipledger.store.sqlite.session import SqliteSession

T = TypeVar("T")


class SqliteErasure(SqliteSession, SqlErasure):
    """See ErasureStore."""

    async def _erase_steps(self, steps: Steps[T]) -> T:
        """What one transaction gives; the file keeps nothing of what it deletes or changes."""

        def run(connection: Connection) -> T:
            connection.execute(self._sql["overwrite_deleted"])
            try:
                return self._run_steps(connection, steps)
            finally:
                connection.execute(self._sql["delete_fast"])

        return await self._write(run)

    async def scrub(self) -> bool:
        return await asyncio.to_thread(self._empty_log)

    def _empty_log(self) -> bool:
        try:
            connection = self._connect_writer()
            try:
                busy: int = connection.execute(self._sql["empty_log"]).fetchone()[0]
            finally:
                connection.close()
        except sqlite3.OperationalError:
            return False
        return busy == 0
