"""Set the clock that a ledger goes by: of the program where the ledger is a file, of the database where nodes share one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta

import pytest

from shipledger.store.nodes.contract import keep_time
from tests.support.postgres import shared_server
from tests.support.server import Server

_MOCK = """
    CREATE SCHEMA mock;
    CREATE TABLE mock.clock (ahead interval);
    INSERT INTO mock.clock VALUES ('0');
    CREATE FUNCTION mock.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
    'SELECT pg_catalog.clock_timestamp() + ahead FROM mock.clock';
    CREATE FUNCTION mock.set_clock(seconds double precision) RETURNS void LANGUAGE sql AS
    'UPDATE mock.clock SET ahead = make_interval(secs => seconds)';
    ALTER DATABASE "{name}" SET search_path = mock, pg_catalog, public;
"""
"""What stands before ``pg_catalog`` in the search path takes its place."""


class SettableClock:
    """The clock behind a database, to be set ahead of the right time, or behind it."""

    def __init__(self, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.database_url = database_url
        self.ahead = timedelta()
        self._is_shared = database_url.startswith("postgresql:")
        if not self._is_shared:
            real = time.time_ns
            monkeypatch.setattr("shipledger.clock.time.time_ns", lambda: real() + self.ahead // timedelta(microseconds=1) * 1_000)

    async def prepare(self) -> None:
        """Before the first server starts."""
        if self._is_shared:
            await self._execute(_MOCK.format(name=self._name))

    async def set(self, ahead: timedelta, *servers: Server) -> None:
        """Set it, and let servers hear of it, as they do with their next heartbeat."""
        self.ahead = ahead
        if self._is_shared:
            await self._execute(f"SELECT mock.set_clock({ahead.total_seconds()})")
        await hear(servers)

    @property
    def _name(self) -> str:
        return self.database_url.rpartition("/")[2]

    async def _execute(self, statements: str) -> None:
        await shared_server().execute(statements, database=self._name)


async def hear(servers: Sequence[Server]) -> None:
    """Let servers look at the clock."""
    for server in servers:
        await keep_time(server.app.store, server.app.clock)
        server.app.clock.now()
