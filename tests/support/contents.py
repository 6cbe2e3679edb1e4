"""All that is in a database, table by table."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg

Rows = dict[str, list[dict[str, Any]]]


def read_contents(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every table, in the order of their contents, and the schema itself."""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        tables = {name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names}  # noqa: S608
        schema = connection.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
    return {**tables, "sqlite_schema": sorted(schema, key=repr)}


def brought(contents: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    """The same after a restore, which is noted for those who derive something from entries."""
    ((place, rules, _),) = contents["projection_rules"]
    return {**contents, "projection_rules": [(place, rules, 1)]}


async def read_rows(database_url: str) -> Rows:
    """The rows of every table, by the names of their columns, in the order of their contents."""
    if database_url.startswith("postgresql:"):
        return await _read_postgres(database_url)
    return await asyncio.to_thread(_read_sqlite, Path(database_url.removeprefix("sqlite:///")))


def _read_sqlite(database: Path) -> Rows:
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        names = [row["name"] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        found = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}  # noqa: S608
    return {name: sorted((dict(row) for row in rows), key=repr) for name, rows in found.items()}


async def _read_postgres(database_url: str) -> Rows:
    connection = await asyncpg.connect(database_url)
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = {name: await connection.fetch(f'SELECT * FROM "{name}"') for (name,) in tables}  # noqa: S608
    finally:
        await connection.close()
    return {name: sorted((dict(row) for row in rows), key=repr) for name, rows in found.items()}
