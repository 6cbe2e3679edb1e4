"""Empty PostgreSQL ledgers that tests borrow one after another: making one takes the server longer than most tests take."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any, NamedTuple

import asyncpg

from tests.support.postgres import ledger_template, shared_server

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


class _Ledger(NamedTuple):
    name: str
    schema: str


_idle: list[_Ledger] = []


@asynccontextmanager
async def lent_ledger_database() -> AsyncIterator[str]:
    """The address of an empty database at the newest schema, of this block's own, which may have served other blocks.

    It is lent again unless its schema or settings were changed, somebody is still connected to it, or the block fails.
    """
    server = shared_server()
    ledger = _idle.pop() if _idle else await _make()
    is_as_new = False
    try:
        yield address_of(ledger.name)
        is_as_new = await _restore(ledger)
    finally:
        if is_as_new:
            _idle.append(ledger)
        else:
            await server.drop_database(ledger.name)


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


async def empty(connection: asyncpg.Connection[Any]) -> None:
    """Take every row of a ledger away and let numbers begin anew."""
    await connection.execute(EMPTY)


async def _make() -> _Ledger:
    server = shared_server()
    name = await server.create_database(template=await ledger_template(server))
    connection = await asyncpg.connect(address_of(name))
    try:
        return _Ledger(name, await connection.fetchval(SCHEMA))
    finally:
        await connection.close()


async def _restore(ledger: _Ledger) -> bool:
    """Whether it is as it was when it was new."""
    connection = await asyncpg.connect(address_of(ledger.name))
    try:
        if not await _is_alone(connection) or await connection.fetchval(SCHEMA) != ledger.schema:
            return False
        await empty(connection)
    finally:
        await connection.close()
    return True


async def _is_alone(connection: asyncpg.Connection[Any]) -> bool:
    try:
        async with asyncio.timeout(LEAVING_SECONDS):
            while await connection.fetchval(OTHERS):  # noqa: ASYNC110  the server does not tell
                await asyncio.sleep(0.002)
    except TimeoutError:
        return False
    return True
