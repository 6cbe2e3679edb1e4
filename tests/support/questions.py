"""Questions to a ledger's database behind the program's back, whichever store keeps it."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from typing import Any

import asyncpg

AWAY_SECONDS = 20.0


def ask(database_url: str, question: str) -> list[tuple[Any, ...]]:
    """The rows of the answer. A database that is away is waited for."""
    if database_url.startswith("sqlite:///"):
        return _ask_file(database_url.removeprefix("sqlite:///"), question)
    return asyncio.run(_ask_server(database_url, question))


def _ask_file(path: str, question: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
    try:
        return connection.execute(question).fetchall()
    finally:
        connection.close()


async def _ask_server(database_url: str, question: str) -> list[tuple[Any, ...]]:
    deadline = time.monotonic() + AWAY_SECONDS
    while True:
        try:
            connection = await asyncpg.connect(database_url)
            try:
                return [tuple(row) for row in await connection.fetch(question)]
            finally:
                await connection.close(timeout=5)
        except (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError):
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)
