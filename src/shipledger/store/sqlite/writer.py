"""The one thread that writes to a SQLite file. All that waits is committed together: group commit without a delay."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

from shipledger.errors import InDoubt, Unavailable
from shipledger.store.sqlite.connection import Connection, Operation
from shipledger.store.sqlite.delivery import Delivery, Job, Outcome, closed
from shipledger.store.sqlite.errors import is_outage, to_unavailable, translate
from shipledger.store.sqlite.file_watch import FileWatch

T = TypeVar("T")


class Writer:
    """Runs operations in transactions. An operation that fails undoes itself alone; a commit that fails, the batch.

    After a failed commit the next batch starts afresh, with a new connection when the old one cannot go on. Nothing is
    written to a file that has lost its name, or its log.
    """

    def __init__(self, connect: Callable[[], Connection], sql: Mapping[str, str], watch: FileWatch) -> None:
        self._connect = connect
        self._sql = sql
        self._watch = watch
        self._is_log_saved = False
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._connection: Connection | None = None
        self._is_closed = False
        self._delivery = Delivery()
        self._thread = Thread(target=self._work, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def run(self, operation: Operation[T]) -> T:
        """What ``operation`` gives, once it is committed. Raises what it raises, and Unavailable."""
        if self._is_closed:
            raise closed()
        job = self._delivery.new_job(operation)
        self._jobs.put(job)
        result: T = await job.future
        return result

    async def close(self) -> None:
        """Commit what waits, and end."""
        if not self._is_closed:
            self._is_closed = True
            self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        is_last = False
        while not is_last:
            batch, is_last = self._take()
            if batch:
                self._delivery.hand_over(self._commit(batch))
        self._disconnect()

    def _take(self) -> tuple[list[Job], bool]:
        batch: list[Job] = []
        job = self._jobs.get()
        while job is not None:
            batch.append(job)
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return batch, False
        return batch, True

    def _commit(self, batch: Sequence[Job]) -> list[Outcome]:
        try:
            connection = self._connected()
            self._watch.check_file()
            connection.execute(self._sql["begin_write"])
            self._watch.check_log()
            outcomes = [self._run_operation(connection, job) for job in batch]
            connection.execute(self._sql["commit"])
            self._check_kept()
        except Exception as error:  # noqa: BLE001  the thread must live on, whatever happens
            self._recover()
            return [Outcome(job.future, None, to_unavailable(error)) for job in batch]
        return outcomes

    def _check_kept(self) -> None:
        """Raises InDoubt when what was just committed may have gone where nobody finds it."""
        try:
            self._watch.check_file()
            self._watch.check_log()
        except Unavailable as error:
            raise InDoubt(error.code, error.message) from None

    def _run_operation(self, connection: Connection, job: Job) -> Outcome:
        connection.execute(self._sql["begin_operation"])
        try:
            result = job.operation(connection)
        except Exception as error:  # whoever asked for the operation gets it
            if isinstance(error, sqlite3.Error) and (is_outage(error) or not connection.in_transaction):
                raise
            connection.execute(self._sql["undo_operation"])
            connection.execute(self._sql["end_operation"])
            return Outcome(job.future, None, translate(error))
        connection.execute(self._sql["end_operation"])
        return Outcome(job.future, result, None)

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _recover(self) -> None:
        try:
            if self._connection is not None and self._connection.in_transaction:
                self._connection.execute(self._sql["rollback"])
            if self._connection is not None and self._watch.has_lost_log and not self._is_log_saved:
                self._save_log(self._connection)
        except sqlite3.Error:
            self._disconnect()

    def _save_log(self, connection: Connection) -> None:
        """The log has lost its name, and goes when it is closed: move what is in it into the file, while nobody has another."""
        if self._watch.is_log_missing():
            connection.execute(self._sql["save_log"]).fetchall()
            self._is_log_saved = True

    def _disconnect(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None
            self._watch.forget_log()
