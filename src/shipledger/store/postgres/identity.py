"""Whether a PostgreSQL database still holds the ledger that was opened: a restore may put another one in its place meanwhile."""

from __future__ import annotations

from typing import Any

import asyncpg

from shipledger.errors import Unavailable
from shipledger.store.installation.contract import REPLACED
from shipledger.store.postgres.connection import Connection
from shipledger.store.postgres.ownership import INSTALLATION
from shipledger.store.postgres.session import PostgresSession
from shipledger.store.session import Call

_FIND = Call("find_installation", {})


class PostgresIdentity(PostgresSession):
    """Compares the id of the ledger, on every new connection and when it is asked to."""

    async def check_identity(self) -> None:
        async with self._connected(INSTALLATION) as connection:
            self._judge(await self._read(connection))

    async def _check_connection(self, connection: Connection) -> None:
        """Raises Unavailable for a new connection that leads to another ledger."""
        if self._ledger_id is not None:
            async with connection.transaction():
                self._judge(await self._read(connection))

    async def _read(self, connection: Connection) -> Any:
        try:
            return await self._runner.run(connection, _FIND)
        except asyncpg.UndefinedTableError:
            return None

    def _judge(self, row: Any) -> None:
        found = None if row is None else row[0]
        self._ledger_id = self._ledger_id or found
        self._replaced = None
        if found is None or found != self._ledger_id:
            what = "is empty" if found is None else "holds another ledger"
            self._replaced = Unavailable(
                REPLACED,
                f"The database was replaced while this server was connected: it {what}. Reads and writes are refused. "
                "Restore the ledger, or restart the server to use the new database.",
            )
            raise self._replaced
