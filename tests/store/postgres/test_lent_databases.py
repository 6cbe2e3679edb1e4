"""A database that tests borrow one after another is as new for each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from tests.support.contents import read_rows
from tests.support.lent_databases import TABLES, empty, lent_ledger_database, read_first_rows
from tests.support.postgres import new_ledger_database

COLUMNS = """
SELECT column_name, data_type FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position
"""
RULES = """
SELECT conrelid::regclass AS table_name, conname FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f')
"""
SEQUENCES = "SELECT schemaname, sequencename, last_value FROM pg_sequences ORDER BY 1, 2"
ANY_VALUE = {"bigint": "2", "smallint": "1", "integer": "2", "text": "'x'", "bytea": "'x'", "double precision": "1"}


@pytest.fixture
async def connection() -> AsyncIterator[asyncpg.Connection[Any]]:
    """A connection to a ledger without the rules that say what a row may hold, so that any row can be put into any table."""
    async with new_ledger_database() as url:
        connected = await asyncpg.connect(url)
        for rule in await connected.fetch(RULES):
            await connected.execute(f'ALTER TABLE {rule["table_name"]} DROP CONSTRAINT "{rule["conname"]}"')
        yield connected
        await connected.close()


async def fill(connection: asyncpg.Connection[Any], table: str) -> None:
    columns = await connection.fetch(COLUMNS, table)
    await connection.execute(f'DELETE FROM "{table}"')  # noqa: S608
    names = ", ".join(f'"{column["column_name"]}"' for column in columns)
    values = ", ".join(ANY_VALUE[column["data_type"]] for column in columns)
    await connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({values})')  # noqa: S608  names from the catalog


async def read_all(connection: asyncpg.Connection[Any]) -> tuple[dict[str, list[Any]], list[Any]]:
    tables = [table for (table,) in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    rows = {table: await connection.fetch(f'SELECT * FROM "{table}"') for table in tables}  # noqa: S608
    return rows, await connection.fetch(SEQUENCES)


async def test_an_emptied_database_holds_what_a_new_one_holds(connection):
    as_new, first_rows = await read_all(connection), await read_first_rows(connection)
    tables = [table for (table,) in await connection.fetch(TABLES)]
    for table in tables:
        await fill(connection, table)
    for sequence in as_new[1]:
        await connection.fetchval("SELECT nextval($1::text::regclass)", sequence["sequencename"])
    rows, sequences = await read_all(connection)
    assert [table for table in tables if len(rows[table]) != 1 or rows[table] == as_new[0][table]] == []
    assert sequences != as_new[1]

    await empty(connection, first_rows)
    assert await read_all(connection) == as_new


async def test_the_next_borrower_gets_the_database_empty():
    async with lent_ledger_database() as url:
        as_new = await read_rows(url)
        await run(url, "INSERT INTO organization VALUES ('x', 'x', 'x', 1)")
        assert await read_rows(url) != as_new
    async with lent_ledger_database() as again:
        assert again == url
        assert await read_rows(again) == as_new


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE receipt ADD COLUMN more TEXT",
        "ALTER TABLE receipt ALTER COLUMN body SET STATISTICS 7",
        "DROP INDEX deployment_alias_identity",
        "CREATE TABLE more ()",
        "CREATE SCHEMA more",
        "UPDATE alembic_version SET version_num = '0001_ledger'",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''1MB''', current_database()); END $$",
    ],
)
async def test_a_database_whose_schema_or_settings_were_changed_is_not_lent_again(change):
    async with lent_ledger_database() as url:
        await run(url, change)
    async with lent_ledger_database() as other:
        assert other != url


async def test_a_database_that_somebody_still_uses_is_not_lent_again():
    async with lent_ledger_database() as url:
        left = await asyncpg.connect(url)
    async with lent_ledger_database() as other:
        assert other != url
    left.terminate()


async def test_two_borrowers_at_once_have_databases_of_their_own():
    async with lent_ledger_database() as one, lent_ledger_database() as other:
        assert one != other


async def run(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()
