"""The PostgreSQL database that a ledger moves to."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from shipledger.store.installation.unfinished_contract import MOVE
from shipledger.store.postgres.connection import Connection, connected
from shipledger.store.postgres.options import Options
from shipledger.store.postgres.runner import ANY_SECONDS, Runner
from shipledger.store.session import call
from shipledger.store.tables import STAYS, Table, quote

Row = tuple[Any, ...]


class Target:
    """Takes rows in over one connection; each piece is one transaction."""

    def __init__(self, connection: Connection, runner: Runner) -> None:
        self._connection = connection
        self._runner = runner
        self._texts = {name: statement.text for name, statement in runner.statements.items()}

    async def find_last_key(self, table: Table) -> Row | None:
        """The key of the last row that is there already, or None."""
        row = await self._connection.fetchrow(table.fill(self._texts["find_last_key"]), timeout=ANY_SECONDS)
        return None if row is None else tuple(row)

    async def count(self, table: Table) -> int:
        """How many rows the table has."""
        count: int = await self._connection.fetchval(table.fill(self._texts["count_table"]), timeout=ANY_SECONDS)
        return count

    async def is_empty(self, tables: Sequence[Table]) -> bool:
        """Whether none of the tables has a row."""
        for table in tables:
            if await self.find_last_key(table) is not None:
                return False
        return True

    async def clear(self) -> None:
        """Empty the ledger, and forget that it was being moved, all or nothing."""
        async with self._connection.transaction():
            rows = await self._runner.run(self._connection, call("list_tables_for_distribution"))
            tables = ", ".join(quote(row["name"]) for row in rows if row["name"] not in STAYS)
            await self._connection.execute(self._texts["clear_tables"].format(tables=tables), timeout=ANY_SECONDS)
            await self._runner.run(self._connection, call("forget_unfinished", name=MOVE))

    async def append(self, table: Table, rows: Sequence[Row]) -> None:
        """Make rows durable, all or none."""
        await self._connection.copy_records_to_table(table.name, records=rows, columns=table.columns, timeout=ANY_SECONDS)

    async def read(self, table: Table, *, rows_at_once: int) -> AsyncIterator[Row]:
        """Every row in key order."""
        text = table.fill(self._texts["read_whole_table"])
        async with self._connection.transaction(isolation="repeatable_read", readonly=True):
            # A name of its own: through PgBouncer another process may have prepared one on the same server connection.
            prepared = await self._connection.prepare(text, name=f"move_{uuid.uuid4().hex}")
            async for row in prepared.cursor(prefetch=rows_at_once, timeout=ANY_SECONDS):
                yield tuple(row)


@asynccontextmanager
async def connected_target(database_url: str, options: Options) -> AsyncIterator[Target]:
    """The database of a migrated ledger, over a connection without time limits. Raises Unavailable."""
    runner = Runner()
    async with connected(database_url, options) as connection:
        await runner.run(connection, call("lift_session_time_limits"))
        yield Target(connection, runner)
