"""What all parts of the SQLite store share: the file, its statements, the writer and the readers."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from shipledger.aggregates import AGGREGATES
from shipledger.ledger.aggregate import Aggregates
from shipledger.store.session import Call, Session, Steps
from shipledger.store.sqlite.connection import Connection, Operation, connect_reader, connect_writer
from shipledger.store.sqlite.delivery import closed
from shipledger.store.sqlite.errors import translate
from shipledger.store.sqlite.file_watch import FileWatch
from shipledger.store.sqlite.reader import Readers
from shipledger.store.sqlite.undecodable_rows import list_read_one_by_one, refuse_undecodable
from shipledger.store.sqlite.writer import Writer
from shipledger.store.statements import Gives, load_statements
from shipledger.texts import storable

T = TypeVar("T")


class SqliteSession(Session):
    """Runs operations on a SQLite file in the threads that own its connections."""

    def __init__(self, path: Path, aggregates: Aggregates = AGGREGATES) -> None:
        self._path = path
        self._watch = FileWatch(path)
        self.aggregates = aggregates
        self._statements = load_statements("sqlite", aggregates)
        self._read_one_by_one = list_read_one_by_one(aggregates)
        self._sql: Mapping[str, str] = {name: statement.text for name, statement in self._statements.items()}
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

    async def _fetch(self, name: str, /, **parameters: Any) -> Any:
        return await self._read(lambda connection: self._run(connection, Call(name, parameters)))

    async def _fetch_long(self, name: str, /, **parameters: Any) -> Any:
        return await self._read_long(lambda connection: self._run(connection, Call(name, parameters)))

    async def _execute(self, name: str, /, **parameters: Any) -> Any:
        return await self._write(lambda connection: self._run(connection, Call(name, parameters)))

    async def _read_steps(self, steps: Steps[T]) -> T:
        return await self._read(lambda connection: self._run_steps(connection, steps))

    async def _read_steps_long(self, steps: Steps[T]) -> T:
        return await self._read_long(lambda connection: self._run_steps(connection, steps))

    async def _write_steps(self, steps: Steps[T]) -> T:
        return await self._write(lambda connection: self._run_steps(connection, steps))

    async def _write_steps_long(self, steps: Steps[T]) -> T:
        return await self._write_steps(steps)

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
        self._watch.check_file()
        return connect_writer(self._path, self._sql)

    def _connect_reader(self) -> Connection:
        self._watch.check_file()
        return connect_reader(self._path, self._sql)

    def _run_steps(self, connection: Connection, steps: Steps[T]) -> T:
        try:
            given = None
            while True:
                given = self._run(connection, steps.send(given))
        except StopIteration as done:
            result: T = done.value
            return result

    def _run(self, connection: Connection, call: Call) -> Any:
        statement = self._statements[call.name]
        cursor = connection.execute(statement.text, {name: _storable(value) for name, value in call.parameters.items()})
        if statement.gives is Gives.COUNT:
            return cursor.rowcount
        is_read_apart = call.name.partition("+")[0] in self._read_one_by_one
        if statement.gives is Gives.ROWS:
            found = cursor.fetchall()
            if not is_read_apart:
                refuse_undecodable(statement.text, found)
            return found
        row = cursor.fetchone()
        if row is not None and not is_read_apart:
            refuse_undecodable(statement.text, (row,))
        return row[0] if statement.gives is Gives.VALUE and row is not None else row


def _storable(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value
