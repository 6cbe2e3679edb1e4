"""Empty PostgreSQL ledgers that tests borrow one after another: making one takes the server longer than most tests take."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from typing import Any, NamedTuple, TypeAlias, TypeVar

import asyncpg

from tests.support.postgres import ledger_template, shared_server

T = TypeVar("T")

LEAVING_SECONDS = 0.2
"""A connection that was closed is seen for some milliseconds yet."""

OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
SCHEMA = """
SELECT concat_ws(
    ', ', (SELECT version_num FROM alembic_version), string_agg(concat_ws(' ', part, size, newest), ', ' ORDER BY part)
) FROM (
    SELECT tableoid::regclass AS part, count(*) AS size, max(xmin::text::bigint) AS newest FROM pg_class GROUP BY 1
    UNION ALL SELECT tableoid::regclass, count(*), max(xmin::text::bigint) FROM pg_attribute GROUP BY 1
    UNION ALL SELECT tableoid::regclass, count(*), max(xmin::text::bigint) FROM pg_attrdef GROUP BY 1
    UNION ALL SELECT tableoid::regclass, count(*), max(xmin::text::bigint) FROM pg_constraint GROUP BY 1
    UNION ALL SELECT tableoid::regclass, count(*), max(xmin::text::bigint) FROM pg_index GROUP BY 1
    UNION ALL SELECT tableoid::regclass, count(*), max(xmin::text::bigint) FROM pg_namespace GROUP BY 1
    UNION ALL SELECT tableoid::regclass, count(*), max(xmin::text::bigint) FROM pg_trigger GROUP BY 1
    UNION ALL SELECT tableoid::regclass, count(*), max(xmin::text::bigint) FROM pg_database
        WHERE datname = current_database() GROUP BY 1
    UNION ALL SELECT 'pg_db_role_setting', count(*), 0 FROM pg_db_role_setting AS s
        JOIN pg_database AS d ON d.oid = s.setdatabase WHERE d.datname = current_database()
) AS parts
"""
"""How many rows the catalog has and which transaction wrote last to it: any change of schema or settings changes this."""

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"

EMPTY = """
DO $$
DECLARE
    found record;
BEGIN
    SET LOCAL session_replication_role = 'replica';  -- no reference is checked, so the order does not matter
    FOR found IN
        SELECT oid::regclass AS name FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
    LOOP
        EXECUTE format('DELETE FROM %s', found.name);
    END LOOP;
    FOR found IN SELECT seqrelid::regclass AS name, seqstart AS start FROM pg_sequence LOOP
        PERFORM setval(found.name, found.start, false);
    END LOOP;
END
$$
"""


FirstRows: TypeAlias = dict[str, str]
"""The rows that a new ledger has, as JSON by table: migrations write some."""


class _Ledger(NamedTuple):
    name: str
    schema: str
    first_rows: FirstRows
    owner: _Owner


class _Owner:
    """A connection that stays while its database is lent to one test after another: to a new one all tables are news.

    It lives in a thread of its own, since each test has an event loop of its own.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"owner of {name}", daemon=True)
        self._thread.start()
        self._connection: asyncpg.Connection[Any] | None = None

    async def describe(self) -> str:
        """What tells one schema with its settings from another."""
        return await self._run(self._describe())

    async def read_first_rows(self) -> FirstRows:
        """What is in the database while it is new."""
        return await self._run(self._read_first_rows())

    async def restore(self, schema: str, first_rows: FirstRows) -> bool:
        """Empty the database; whether it then is as it was when it was new."""
        try:
            return await self._run(self._restore(schema, first_rows))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):  # somebody ended all connections
            return False

    async def leave(self) -> None:
        """Disconnect for good."""
        await self._run(self._disconnect())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def _describe(self) -> str:
        if self._connection is None:
            self._connection = await asyncpg.connect(address_of(self._name))
        description: str = await self._connection.fetchval(SCHEMA)
        return description

    async def _read_first_rows(self) -> FirstRows:
        assert self._connection is not None
        return await read_first_rows(self._connection)

    async def _restore(self, schema: str, first_rows: FirstRows) -> bool:
        assert self._connection is not None
        if not await _is_alone(self._connection) or await self._describe() != schema:
            return False
        await empty(self._connection, first_rows)
        return True

    async def _disconnect(self) -> None:
        if self._connection is not None:
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await self._connection.close()


_idle: list[_Ledger] = []


@asynccontextmanager
async def lent_ledger_database() -> AsyncIterator[str]:
    """The address of an empty database at the newest schema, of this block's own, which may have served other blocks.

    It is lent again unless its schema or settings were changed, somebody is still connected to it, or the block fails.
    """
    ledger = _idle.pop() if _idle else await _make()
    is_as_new = False
    try:
        yield address_of(ledger.name)
        is_as_new = await ledger.owner.restore(ledger.schema, ledger.first_rows)
    finally:
        if is_as_new:
            _idle.append(ledger)
        else:
            await ledger.owner.leave()
            await shared_server().drop_database(ledger.name)


@contextmanager
def borrowed_ledger_database() -> Iterator[str]:
    """The same for a block that is not asynchronous."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        url = runner.run(stack.enter_async_context(lent_ledger_database()))
        try:
            yield url
        finally:
            runner.run(stack.aclose())


def address_of(name: str) -> str:
    """The address of a database. The server speaks no TLS; to ask whether it does takes a round trip for each connection."""
    return f"{shared_server().url(name)}?sslmode=disable"


async def read_first_rows(connection: asyncpg.Connection[Any]) -> FirstRows:
    """The rows of a ledger that is new."""
    found: FirstRows = {}
    for (table,) in await connection.fetch(TABLES):
        rows = await connection.fetchval(f'SELECT json_agg(t) FROM "{table}" AS t')  # noqa: S608  names from the catalog
        if rows is not None:
            found[table] = rows
    return found


async def empty(connection: asyncpg.Connection[Any], first_rows: FirstRows) -> None:
    """Take every row of a ledger away but those that it had when it was new, and let numbers begin anew."""
    async with connection.transaction():
        await connection.execute(EMPTY)
        for table, rows in first_rows.items():
            await connection.execute(f'INSERT INTO "{table}" SELECT * FROM json_populate_recordset(NULL::"{table}", $1)', rows)  # noqa: S608


async def _make() -> _Ledger:
    server = shared_server()
    name = await server.create_database(template=await ledger_template(server))
    owner = _Owner(name)
    return _Ledger(name, await owner.describe(), await owner.read_first_rows(), owner)


async def _is_alone(connection: asyncpg.Connection[Any]) -> bool:
    try:
        async with asyncio.timeout(LEAVING_SECONDS):
            while await connection.fetchval(OTHERS):  # noqa: ASYNC110  the server does not tell
                await asyncio.sleep(0.002)
    except TimeoutError:
        return False
    return True
