"""(o) the room that a create takes on PostgreSQL, on disk and in memory."""

from __future__ import annotations

import asyncio

import asyncpg

from benchmarks.results import Result

KILOBYTE = 1_000
MEASURE_DATABASE = "SELECT pg_database_size(current_database())"


def measure_database(database_url: str) -> int:
    """How large a database is now, in bytes."""

    async def ask() -> int:
        connection = await asyncpg.connect(database_url)
        try:
            return int(await connection.fetchval(MEASURE_DATABASE))
        finally:
            await connection.close()

    return asyncio.run(ask())


def compare_room(letter: str, grown_bytes: int, count: int) -> Result:
    """What each of ``count`` creates has added."""
    what = f"disk for one of {count:,} creates, with its settlement and all indexes"
    return _tell(letter, what, f"{grown_bytes / count / KILOBYTE:.1f} kB")


def tell_memory(letter: str, what: str, megabytes: float) -> Result:
    """Resident memory."""
    return _tell(letter, what, f"{megabytes:.0f} MB")


def _tell(letter: str, what: str, ours: str) -> Result:
    """A figure without a floor and without a target."""
    return Result(letter=letter, what=what, floor="", ours=ours, figure="", target="", is_met=None)
