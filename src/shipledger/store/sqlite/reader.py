"""Threads that read a SQLite file while the writer writes."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

from shipledger.store.sqlite.connection import Connection, Operation
from shipledger.store.sqlite.delivery import Delivery, Job, Outcome, closed
from shipledger.store.sqlite.errors import translate

T = TypeVar("T")


class Readers:
    """A fixed number of threads, each with a connection of its own. A slow read holds up one of them and nobody's answer."""

    def __init__(self, connect: Callable[[], Connection], *, threads: int, name: str) -> None:
        self._connect = connect
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._delivery = Delivery()
        self._is_closed = False
        self._threads = [Thread(target=self._work, name=f"{name}-{number}", daemon=True) for number in range(threads)]
        for thread in self._threads:
            thread.start()

    async def run(self, operation: Operation[T]) -> T:
        """What ``operation`` reads. Raises what it raises, and Unavailable."""
        if self._is_closed:
            raise closed()
        job = self._delivery.new_job(operation)
        self._jobs.put(job)
        result: T = await job.future
        return result

    async def close(self) -> None:
        """Answer what waits, and end."""
        if not self._is_closed:
            self._is_closed = True
            self._jobs.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)

    def _work(self) -> None:
        connection: Connection | None = None
        while (job := self._jobs.get()) is not None:
            if not job.future.cancelled():
                connection = self._answer(connection, job)
        self._jobs.put(None)  # for the next thread
        if connection is not None:
            connection.close()

    def _answer(self, connection: Connection | None, job: Job) -> Connection | None:
        """Read, and give the connection to go on with: None after an error, for a fresh one may work again."""
        try:
            connection = connection or self._connect()
            outcome = Outcome(job.future, job.operation(connection), None)
        except Exception as error:  # noqa: BLE001  whoever asked gets it
            outcome = Outcome(job.future, None, translate(error))
            if isinstance(error, sqlite3.Error) and connection is not None:
                with contextlib.suppress(sqlite3.Error):
                    connection.close()
                connection = None
        self._delivery.hand_over([outcome])
        return connection
