"""Connections to a PostgreSQL database, directly or through PgBouncer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from shipledger.store.postgres.connection import GRACE_SECONDS, Connection, arguments_of, prepare
from shipledger.store.postgres.errors import refuses_settings, translate, translate_connecting
from shipledger.store.postgres.options import Options
from shipledger.store.postgres.ownership import ALL
from shipledger.store.postgres.shares import Place, Proof, Shares

_IDLE_SECONDS = 300.0
STATEMENTS_OF_A_TRANSACTION = 2
"""All of a transaction together may take as long as so many statements."""

OF_ALL_SECONDS = 3.0
"""What asks all organizations at once takes no longer, or one of them hangs. Then they can be asked one by one."""


class Pool:
    """A bounded number of connections, made when they are needed and made anew when they break.

    ``proof`` finds out whether the database answers, over no connection of the pool. ``check`` is asked about every new
    connection, and raises for one that must not be used.
    """

    def __init__(self, url: str, options: Options, *, proof: Proof, check: Callable[[Any], Awaitable[None]]) -> None:
        self._options = options
        self._shares = Shares(options.pool_size, proof=proof)

        async def greet(connection: Any) -> None:
            if not options.has_pgbouncer:
                await prepare(connection)
            await check(connection)

        self._pool = asyncpg.create_pool(
            **arguments_of(url, options),
            min_size=0,
            max_size=options.pool_size,
            max_inactive_connection_lifetime=_IDLE_SECONDS,
            init=greet,
        )

    @property
    def silent(self) -> frozenset[str]:
        """The parties that do not answer."""
        return self._shares.silent

    async def open(self) -> None:
        """Prepare to connect. Raises Invalid for an address that does not fit."""
        try:
            self._pool = await self._pool
        except Exception as error:
            raise translate_connecting(error) from error

    @asynccontextmanager
    async def connection(self, party: str, *, may_be_late: bool = False) -> AsyncIterator[Connection]:
        """A connection for this block alone, out of the share of ``party``. Domain errors leave the block.

        Unless it ``may_be_late`` the connection is closed under a block that takes too long, without asking the server.
        """
        place = await self._shares.take(party, within_seconds=self._options.connect_seconds, may_be_late=may_be_late)
        has_answered: bool | None = None
        try:
            async with self._acquired() as connection, self._bounded(connection, place):
                try:
                    yield connection
                finally:
                    has_answered = not connection.was_given_up
        finally:
            self._shares.give_back(place, has_answered=has_answered)

    @asynccontextmanager
    async def _acquired(self) -> AsyncIterator[Connection]:
        try:
            lent: Any = await self._pool.acquire(timeout=self._options.connect_seconds)
        except Exception as error:
            if refuses_settings(error):
                raise
            raise translate_connecting(error) from error
        try:
            yield lent.itself()
        except Exception as error:
            raise translate(error) from error
        finally:
            with contextlib.suppress(Exception):  # the pool forgets a connection that is broken
                await self._pool.release(lent, timeout=GRACE_SECONDS)

    @asynccontextmanager
    async def _bounded(self, connection: Connection, place: Place) -> AsyncIterator[None]:
        place.give_up = connection.give_up
        seconds = STATEMENTS_OF_A_TRANSACTION * self._options.statement_seconds
        if place.party == ALL:
            seconds = min(seconds or OF_ALL_SECONDS, OF_ALL_SECONDS)
        ending = None
        if seconds and not place.may_be_late:
            ending = asyncio.get_running_loop().call_later(seconds + GRACE_SECONDS, connection.give_up)
        try:
            yield
        finally:
            place.give_up = None
            if ending is not None:
                ending.cancel()

    async def close(self) -> None:
        """Disconnect. Nobody may be using a connection any more."""
        try:
            async with asyncio.timeout(GRACE_SECONDS):
                await self._pool.close()
        except (TimeoutError, OSError, asyncpg.InterfaceError):
            self._pool.terminate()
