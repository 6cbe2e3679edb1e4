"""What all parts of the PostgreSQL store share: the pool, and how statements become transactions.

Every transaction is READ COMMITTED. That is enough, because nothing that is written rests on what was read before: each
guard (a receipt that is pending, an entry of the next version, an identity that nobody has, a projection that is not
newer) is checked by the statement that writes, which waits for whoever writes the same row and then looks again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeAlias, TypeVar

from shipledger.aggregates import AGGREGATES
from shipledger.errors import Unavailable
from shipledger.ledger.aggregate import Aggregates
from shipledger.store.postgres.connection import Connection
from shipledger.store.postgres.errors import translate_uncommitted
from shipledger.store.postgres.options import Options
from shipledger.store.postgres.ownership import INSTALLATION, party_of
from shipledger.store.postgres.pool import Pool
from shipledger.store.postgres.runner import ANY_SECONDS, Runner
from shipledger.store.session import Call, Session, Steps

T = TypeVar("T")
Work: TypeAlias = Callable[[], Coroutine[Any, Any, T]]

LONG_SHARE = 3
"""One of so many connections may be busy with long questions, so that short ones and writes find a free one."""


class PostgresSession(Session):
    """Runs statements over the connections of a pool."""

    def __init__(self, url: str, options: Options, aggregates: Aggregates = AGGREGATES) -> None:
        self._url = url
        self._options = options
        self.aggregates = aggregates
        self._runner = Runner(aggregates)
        self._pool: Pool | None = None
        self._is_closed = False
        self._ledger_id: str | None = None
        self._replaced: Unavailable | None = None
        self._under_way: set[asyncio.Task[Any]] = set()
        self._long_gate = asyncio.Semaphore(max(1, options.pool_size // LONG_SHARE))

    async def _fetch(self, name: str, /, **parameters: Any) -> Any:
        return await self._finish(lambda: self._run_alone(Call(name, parameters)))

    async def _fetch_long(self, name: str, /, **parameters: Any) -> Any:
        return await self._finish_in_turn(lambda: self._run_alone(Call(name, parameters), may_be_late=True))

    async def _execute(self, name: str, /, **parameters: Any) -> Any:
        """See Session. A statement is a transaction of its own.

        On Citus the server reports that a worker was lost in mid-commit like any other failure. Only within a transaction that
        was begun is it known of a statement that failed that nothing was committed.
        """
        is_spread = self._runner.is_spread
        return await self._finish(lambda: self._run_alone(Call(name, parameters), in_transaction=is_spread))

    async def _read_steps(self, steps: Steps[T]) -> T:
        return await self._finish(lambda: self._run_steps(steps))

    async def _read_steps_long(self, steps: Steps[T]) -> T:
        return await self._finish_in_turn(lambda: self._run_steps(steps, may_be_late=True))

    async def _write_steps(self, steps: Steps[T]) -> T:
        return await self._finish(lambda: self._run_steps(steps, in_transaction=True))

    async def _write_steps_long(self, steps: Steps[T]) -> T:
        return await self._finish_in_turn(lambda: self._run_long_write(steps))

    async def _run_alone(self, call: Call, *, in_transaction: bool = False, may_be_late: bool = False) -> Any:
        async with self._connected(party_of(call), in_transaction=in_transaction, may_be_late=may_be_late) as connection:
            return await self._runner.run(connection, call)

    async def _run_steps(self, steps: Steps[T], *, in_transaction: bool = False, may_be_late: bool = False) -> T:
        party, steps = _party_of_steps(steps)
        async with self._connected(party, in_transaction=in_transaction, may_be_late=may_be_late) as connection:
            return await self._runner.run_steps(connection, steps)

    async def _run_long_write(self, steps: Steps[T]) -> T:
        party, steps = _party_of_steps(steps)
        async with self._connected(party, in_transaction=True, may_be_late=True) as connection:
            await self._runner.run(connection, Call("lift_time_limits", {}))
            return await self._runner.run_steps(connection, steps, seconds=ANY_SECONDS)

    async def _finish_in_turn(self, work: Work[T]) -> T:
        """The same for work of which only some may be under way."""

        async def run() -> T:
            async with self._long_gate:
                return await work()

        return await self._finish(run)

    async def _finish(self, work: Work[T]) -> T:
        """What ``work`` gives. It goes on when its caller gives up: a write that was begun is not left half known."""
        if self._is_closed:
            raise _closed()
        if self._replaced is not None:
            raise Unavailable(self._replaced.code, self._replaced.message)
        task = asyncio.create_task(work())
        self._under_way.add(task)
        task.add_done_callback(self._note_end)
        return await asyncio.shield(task)

    def _note_end(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # it was told to its caller, unless that one has given up

    @asynccontextmanager
    async def _connected(
        self, party: str, *, in_transaction: bool = False, may_be_late: bool = False
    ) -> AsyncIterator[Connection]:
        if self._pool is None:
            raise _closed()
        async with self._pool.connection(party, may_be_late=may_be_late) as connection:
            # A statement is prepared and then run: outside a transaction PgBouncer may send the two to different servers.
            if in_transaction or self._options.has_pgbouncer:
                async with _transaction(connection):
                    yield connection
            else:
                yield connection


def _party_of_steps(steps: Steps[T]) -> tuple[str, Steps[T]]:
    """To whose share the steps are counted, as their first one says, and the steps."""
    try:
        first = next(steps)
    except StopIteration as done:
        return INSTALLATION, _give(done.value)
    return party_of(first), _resume(first, steps)


def _resume(first: Call, steps: Steps[T]) -> Steps[T]:
    try:
        given = yield first
        while True:
            given = yield steps.send(given)
    except StopIteration as done:
        result: T = done.value
        return result


def _give(value: T) -> Steps[T]:
    yield from ()
    return value


@asynccontextmanager
async def _transaction(connection: Connection) -> AsyncIterator[None]:
    """A transaction that is undone when the block fails. Only while its commit is under way may its outcome be open."""
    transaction = connection.transaction(isolation="read_committed")
    try:
        await transaction.start()
        yield
    except Exception as error:
        with contextlib.suppress(Exception):  # where the connection is gone, so is the transaction
            await transaction.rollback()
        raise translate_uncommitted(error) from error
    await transaction.commit()


def _closed() -> Unavailable:
    return Unavailable("store_closed", "The store is closed.")
