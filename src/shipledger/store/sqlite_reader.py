"""Threads that read a SQLite file while the writer writes."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

from shipledger.store.sqlite_connection import Connection, Operation
from shipledger.store.sqlite_errors import translate
from shipledger.store.sqlite_writer import Job, Outcome, closed, deliver

T = TypeVar("T")

PATIENCE_SECONDS = 0.005
"""A thread that has read for so long answers what it has, and leaves the rest to whoever is free."""


class Readers:
    """A fixed number of threads, each with a connection of its own, that take all that waits at each wake-up.

    Waking the event loop costs more than most reads do, so what one thread has read is answered together.
    """

    def __init__(self, connect: Callable[[], Connection], *, threads: int, name: str) -> None:
        self._connect = connect
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._is_closed = False
        self._loop = asyncio.get_running_loop()
        self._threads = [Thread(target=self._work, name=f"{name}-{number}", daemon=True) for number in range(threads)]
        for thread in self._threads:
            thread.start()

    async def run(self, operation: Operation[T]) -> T:
        """What ``operation`` reads. Raises what it raises, and Unavailable."""
        if self._is_closed:
            raise closed()
        future: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put(Job(operation, future))
        return await future

    async def close(self) -> None:
        """Answer what waits, and end."""
        if not self._is_closed:
            self._is_closed = True
            self._jobs.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)

    def _work(self) -> None:
        connection: Connection | None = None
        is_last = False
        while not is_last:
            batch, is_last = self._take()
            while batch:
                connection = self._answer(connection, batch)
                if batch and not is_last:
                    for job in batch:
                        self._jobs.put(job)
                    break
        self._jobs.put(None)
        if connection is not None:
            connection.close()

    def _take(self) -> tuple[deque[Job], bool]:
        """All that waits, and whether the end has been announced."""
        taken = [self._jobs.get()]
        with contextlib.suppress(Empty):
            while True:
                taken.append(self._jobs.get_nowait())
        return deque(job for job in taken if job is not None), None in taken

    def _answer(self, connection: Connection | None, batch: deque[Job]) -> Connection | None:
        """Read from the front of ``batch`` until it is empty or patience ends."""
        outcomes: list[Outcome] = []
        until = time.monotonic() + PATIENCE_SECONDS
        while batch and (not outcomes or time.monotonic() < until):
            job = batch.popleft()
            if job.future.cancelled():
                continue
            try:
                connection = connection or self._connect()
                outcomes.append(Outcome(job.future, job.operation(connection), None))
            except Exception as error:  # noqa: BLE001  whoever asked gets it
                outcomes.append(Outcome(job.future, None, translate(error)))
                if isinstance(error, sqlite3.Error) and connection is not None:
                    with contextlib.suppress(sqlite3.Error):
                        connection.close()
                    connection = None
        deliver(self._loop, outcomes)
        return connection
