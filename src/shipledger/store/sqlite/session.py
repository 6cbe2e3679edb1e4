"""What all parts of the SQLite store share: the file, its statements, the writer and the readers."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from shipledger.store.sqlite.connection import Connection, Operation, connect_reader, connect_writer
from shipledger.store.sqlite.delivery import closed
from shipledger.store.sqlite.errors import translate
from shipledger.store.sqlite.reader import Readers
from shipledger.store.sqlite.writer import Writer
from shipledger.store.statements import load_statements

T = TypeVar("T")


class SqliteSession:
    """Runs operations on a SQLite file in the threads that own its connections."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sql: Mapping[str, str] = load_statements("sqlite")
        self._writer: Writer | None = None
        self._readers: Readers | None = None
        self._long_readers: Readers | None = None

    async def _write(self, operation: Operation[T]) -> T:
        """What ``operation`` gives once it is durable."""
        if self._writer is None:
            raise closed()
        return await self._writer.run(operation)

    async def _read(self, operation: Operation[T]) -> T:
        """What a short look-up gives."""
        if self._readers is None:
            raise closed()
        return await self._readers.run(operation)

    async def _read_long(self, operation: Operation[T]) -> T:
        """What a question gives whose cost grows with the ledger; it must not keep the short ones waiting."""
        if self._long_readers is None:
            raise closed()
        return await self._long_readers.run(operation)

    async def _read_apart(self, operation: Operation[T]) -> T:
        """What ``operation`` gives over a connection of its own, which may take minutes."""

        def run() -> T:
            try:
                connection = self._connect_reader()
                try:
                    return operation(connection)
                finally:
                    connection.close()
            except sqlite3.Error as error:
                raise translate(error) from error

        return await asyncio.to_thread(run)

    def _connect_writer(self) -> Connection:
        return connect_writer(self._path, self._sql)

    def _connect_reader(self) -> Connection:
        return connect_reader(self._path, self._sql)
