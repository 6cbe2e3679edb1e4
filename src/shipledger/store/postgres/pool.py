"""Connections to a PostgreSQL database, directly or through PgBouncer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import asyncpg

from shipledger.store.postgres.errors import refuses_settings, translate, translate_connecting
from shipledger.store.postgres.options import Options

APPLICATION_NAME = "shipledger"
_IDLE_SECONDS = 300.0
_GRACE_SECONDS = 5.0
"""So much later than the server gives up on a statement do we give up on the server."""


class LeanConnection(asyncpg.Connection):
    """A connection without state of its own: it need not be reset, which would cost a round trip, before others use it."""

    def get_reset_query(self) -> str:
        """Nothing to do."""
        return ""


Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"


def arguments_of(url: str, options: Options) -> dict[str, Any]:
    """How to connect. Through PgBouncer nothing may rest on the connection: no settings, no prepared statements."""
    limit = options.statement_seconds
    arguments: dict[str, Any] = {
        "dsn": url,
        "timeout": options.connect_seconds,
        "command_timeout": limit + _GRACE_SECONDS if limit else None,
        "connection_class": LeanConnection,
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


class Pool:
    """A bounded number of connections, made when they are needed and made anew when they break."""

    def __init__(self, url: str, options: Options) -> None:
        self._options = options
        self._pool = asyncpg.create_pool(
            **arguments_of(url, options),
            min_size=0,
            max_size=options.pool_size,
            max_inactive_connection_lifetime=_IDLE_SECONDS,
        )

    async def open(self) -> None:
        """Prepare to connect. Raises Invalid for an address that does not fit."""
        try:
            self._pool = await self._pool
        except Exception as error:
            raise translate_connecting(error) from error

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection for this block alone. What goes wrong in the block leaves it as a domain error."""
        try:
            connection = await self._pool.acquire(timeout=self._options.connect_seconds)
        except Exception as error:
            if refuses_settings(error):
                raise
            raise translate_connecting(error) from error
        try:
            yield connection
        except Exception as error:
            raise translate(error) from error
        finally:
            with contextlib.suppress(Exception):  # the pool forgets a connection that is broken
                await self._pool.release(connection, timeout=_GRACE_SECONDS)

    async def close(self) -> None:
        """Disconnect. Nobody may be using a connection any more."""
        try:
            async with asyncio.timeout(_GRACE_SECONDS):
                await self._pool.close()
        except (TimeoutError, OSError, asyncpg.InterfaceError):
            self._pool.terminate()


@asynccontextmanager
async def connected(url: str, options: Options) -> AsyncIterator[Connection]:
    """A connection of its own for this block, outside any pool."""
    try:
        connection = await asyncpg.connect(**arguments_of(url, options))
    except Exception as error:
        if refuses_settings(error):
            raise
        raise translate_connecting(error) from error
    try:
        yield connection
    except Exception as error:
        raise translate(error) from error
    finally:
        with contextlib.suppress(Exception):
            await connection.close(timeout=_GRACE_SECONDS)
