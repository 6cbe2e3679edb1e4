"""Changes of a database that no program of ours would make."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import asyncpg

from tests.support.commands import Commands


def harm(cli: Commands, statement: str) -> None:
    """Change the database of ``cli`` by a statement, which must find something to change."""
    if cli.url.startswith("sqlite:///"):
        with closing(sqlite3.connect(cli.url.removeprefix("sqlite:///"))) as connection, connection:
            assert connection.execute(statement).rowcount > 0
        return

    async def execute() -> None:
        connection = await asyncpg.connect(cli.url)
        try:
            assert not (await connection.execute(statement)).endswith(" 0")
        finally:
            await connection.close()

    asyncio.run(execute())
