"""All that is in a SQLite file, table by table."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any


def read_contents(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every table, in the order of their contents, and the schema itself."""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        tables = {name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names}  # noqa: S608
        schema = connection.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
    return {**tables, "sqlite_schema": sorted(schema, key=repr)}
