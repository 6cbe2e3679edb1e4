"""Whether the database answers, asked over a connection of its own, however busy all others are."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from shipledger.errors import Unavailable
from shipledger.store.postgres.connection import Connection, connect
from shipledger.store.postgres.errors import translate
from shipledger.store.postgres.options import Options
from shipledger.store.postgres.runner import Runner
from shipledger.store.session import call

PULSE_SECONDS = 2.0
"""So long is an answer waited for, and so long a connection before."""


class Pulse:
    """Makes a small write that touches no rows of an organization. Its connection is kept, and made anew when it breaks."""

    def __init__(self, url: str, options: Options, runner: Runner) -> None:
        self._url = url
        seconds = min(PULSE_SECONDS, options.connect_seconds)
        self._options = replace(options, statement_seconds=PULSE_SECONDS, connect_seconds=seconds)
        self._runner = runner
        self._lock = asyncio.Lock()
        self._connection: Connection | None = None

    async def feel(self) -> None:
        """Return when the database takes writes. Raises Unavailable when it does not, or does not answer in time."""
        async with self._lock:
            connection = self._connection
            if connection is None or connection.is_closed():
                connection = self._connection = await connect(self._url, self._options)
            ending = asyncio.get_running_loop().call_later(PULSE_SECONDS, connection.give_up)
            try:
                changed = await self._touch(connection)
            except Exception as error:
                connection.give_up()
                raise translate(error) from error
            finally:
                ending.cancel()
        if changed != 1:
            raise Unavailable("schema_missing", "The database has no schema; run `shipledger doctor`.")

    async def _touch(self, connection: Connection) -> int:
        async with connection.transaction():  # through PgBouncer a statement is prepared and run by one server only within one
            return int(await self._runner.run(connection, call("touch_revision")))

    def close(self) -> None:
        """Disconnect."""
        if self._connection is not None:
            self._connection.give_up()
