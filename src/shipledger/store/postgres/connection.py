"""One connection to a PostgreSQL server, which no statement keeps for longer than it may.

The server ends a statement that takes too long, but nothing binds a server that hangs itself, as the coordinator of Citus does
that cancels a statement at a worker which does not answer. So the limit is kept here as well, a little later: the connection
is closed at once, without asking the server to cancel anything.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg

from shipledger.store.postgres.errors import refuses_settings, translate, translate_connecting
from shipledger.store.postgres.options import Options

T = TypeVar("T")

APPLICATION_NAME = "shipledger"
GRACE_SECONDS = 2.0
"""So much later than the server gives up on a statement do we give up on the server."""
_LOOK_FOR_CLIENT = "SET client_connection_check_interval = '5s'"
"""The server looks, amid a statement, whether who asked is still there. What was given up then does not go on, or lock."""


class Connection(asyncpg.Connection):
    """A connection without state of its own: it need not be reset, which would cost a round trip, before others use it.

    ``limit_seconds``: how long a statement may take that names no time; None does not limit.
    """

    limit_seconds: float | None = None
    was_given_up = False

    def get_reset_query(self) -> str:
        """Nothing to do."""
        return ""

    def itself(self) -> Connection:
        """What this is: who has it from a pool has a stand-in, which knows nothing any more once it is closed."""
        return self

    def give_up(self) -> None:
        """Close it now, whatever is under way over it. That then fails by a TimeoutError."""
        self.was_given_up = True
        self.terminate()

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109  asyncpg's
        """See asyncpg. Raises TimeoutError."""
        return await self._in_time(super().execute(query, *args, timeout=timeout), timeout)

    async def fetch(self, query: str, *args: Any, timeout: float | None = None, **details: Any) -> list[Any]:  # noqa: ASYNC109
        """See asyncpg. Raises TimeoutError."""
        return await self._in_time(super().fetch(query, *args, timeout=timeout, **details), timeout)

    async def fetchrow(self, query: str, *args: Any, timeout: float | None = None, **details: Any) -> Any:  # noqa: ASYNC109
        """See asyncpg. Raises TimeoutError."""
        return await self._in_time(super().fetchrow(query, *args, timeout=timeout, **details), timeout)

    async def fetchval(self, query: str, *args: Any, timeout: float | None = None, **details: Any) -> Any:  # noqa: ASYNC109
        """See asyncpg. Raises TimeoutError."""
        return await self._in_time(super().fetchval(query, *args, timeout=timeout, **details), timeout)

    async def _in_time(self, answer: Awaitable[T], seconds: float | None) -> T:
        limit = self.limit_seconds if seconds is None else seconds + GRACE_SECONDS
        ending = asyncio.get_running_loop().call_later(limit, self.give_up) if limit else None
        try:
            return await answer
        except Exception as error:
            if self.was_given_up:
                raise TimeoutError from error
            raise
        finally:
            if ending is not None:
                ending.cancel()


def arguments_of(url: str, options: Options) -> dict[str, Any]:
    """How to connect. Through PgBouncer nothing may rest on the connection: no settings, no prepared statements."""
    limit = options.statement_seconds
    arguments: dict[str, Any] = {
        "dsn": url,
        "timeout": options.connect_seconds,
        "connection_class": _limited(limit + GRACE_SECONDS if limit else None),
    }
    if options.has_pgbouncer:
        return arguments | {
            "statement_cache_size": 0,
            "command_timeout": limit or None,
            "server_settings": {"application_name": APPLICATION_NAME},
        }
    settings = {
        "application_name": APPLICATION_NAME,
        "statement_timeout": str(int(limit * 1000)),
        "idle_in_transaction_session_timeout": str(int(options.stall_seconds * 1000)),
        # Compiling a plan pays for questions over millions of rows, which we do not ask.
        "jit": "off",
    }
    return arguments | {"server_settings": settings}


def _limited(seconds: float | None) -> type[Connection]:
    return type("LimitedConnection", (Connection,), {"limit_seconds": seconds})


async def prepare(connection: Any) -> None:
    """Set what not every server has."""
    with contextlib.suppress(asyncpg.PostgresError):
        await connection.execute(_LOOK_FOR_CLIENT)


async def connect(url: str, options: Options) -> Connection:
    """A new connection, outside any pool. Raises Unavailable and Invalid."""
    try:
        connection: Connection = await asyncpg.connect(**arguments_of(url, options))
    except Exception as error:
        if refuses_settings(error):
            raise
        raise translate_connecting(error) from error
    return connection


@asynccontextmanager
async def connected(url: str, options: Options) -> AsyncIterator[Connection]:
    """The same for a block. What goes wrong in the block leaves it as a domain error."""
    connection = await connect(url, options)
    try:
        yield connection
    except Exception as error:
        raise translate(error) from error
    finally:
        with contextlib.suppress(Exception):
            await connection.close(timeout=GRACE_SECONDS)
