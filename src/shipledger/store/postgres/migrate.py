"""Bring the schema of a PostgreSQL database to its newest revision, whichever node comes first.

The revisions and the table that remembers them are those of Alembic on SQLite. Alembic itself would need a second driver,
while asyncpg runs a file of SQL as it is.
"""

from __future__ import annotations

from typing import Literal

from shipledger.errors import Unavailable
from shipledger.store.migration_files import MIGRATIONS, list_revisions
from shipledger.store.postgres.connection import Connection
from shipledger.store.postgres.runner import ANY_SECONDS, Runner
from shipledger.store.session import call

_FOLDER = MIGRATIONS / "postgres"
_LOCK_KEY = 0x53484950_4C454447
"""``SHIPLEDG``: nodes that start at once change the schema one after another, and all but the first find it done."""


async def migrate(connection: Connection, runner: Runner) -> None:
    """Create or upgrade the schema when that is needed. Raises Unavailable when it cannot be done."""
    if await find_revision(connection, runner) == list_revisions()[-1]:
        return
    async with connection.transaction():
        await _lock(connection, runner)
        await _upgrade(connection, runner, list_revisions()[-1])


async def upgrade(connection: Connection, runner: Runner, revision: str) -> None:
    """Apply migrations up to ``revision``."""
    async with connection.transaction():
        await _lock(connection, runner)
        await _upgrade(connection, runner, revision)


async def downgrade(connection: Connection, runner: Runner, revision: str | None) -> None:
    """Undo migrations down to ``revision``; None undoes all. What they added is lost."""
    async with connection.transaction():
        await _lock(connection, runner)
        current = await find_revision(connection, runner)
        for applied in reversed(list_revisions()):
            if current is not None and applied <= current and applied > (revision or ""):
                await _run_file(connection, applied, "down")
        await _write_revision(connection, runner, revision)


async def check_revision(connection: Connection, runner: Runner) -> None:
    """Raises Unavailable when the schema is not at its newest revision."""
    revision = await find_revision(connection, runner)
    if revision is None:
        raise Unavailable("schema_missing", "The database has no schema yet; start the server once, which creates it.")
    if revision != list_revisions()[-1]:
        raise Unavailable("schema_older", "The database has an older schema; start the server once, which upgrades it.")


async def find_revision(connection: Connection, runner: Runner) -> str | None:
    """The revision of the schema, or None in a database without one. Raises Unavailable when it is somebody else's."""
    # First: another node may create all of them meanwhile.
    is_used = await runner.run(connection, call("has_tables"))
    if await runner.run(connection, call("has_revision_table")):
        revision = await runner.run(connection, call("read_revision"))
        if revision is not None and revision not in list_revisions():
            raise Unavailable(
                "schema_newer",
                f"The database has the schema {revision} of a newer Shipledger; install that version or a newer one.",
            )
        if revision is not None:
            return str(revision)
    elif is_used:
        raise Unavailable("not_a_ledger", "This database belongs to another program; use a separate one for Shipledger.")
    return None


async def _lock(connection: Connection, runner: Runner) -> None:
    await runner.run(connection, call("lift_time_limits"))
    await runner.run(connection, call("lock_schema", key=_LOCK_KEY), seconds=ANY_SECONDS)
    await runner.run(connection, call("give_up_on_locks"))


async def _upgrade(connection: Connection, runner: Runner, wanted: str) -> None:
    current = await find_revision(connection, runner)
    if not await runner.run(connection, call("has_revision_table")):
        await connection.execute((_FOLDER / "alembic_version.sql").read_text(encoding="utf-8"))
    for revision in list_revisions():
        if (current or "") < revision <= wanted:
            await _run_file(connection, revision, "up")
    await _write_revision(connection, runner, max(wanted, current or ""))


async def _run_file(connection: Connection, revision: str, direction: Literal["up", "down"]) -> None:
    script = (_FOLDER / f"{revision}.{direction}.sql").read_text(encoding="utf-8")
    await connection.execute(script, timeout=ANY_SECONDS)


async def _write_revision(connection: Connection, runner: Runner, revision: str | None) -> None:
    await runner.run(connection, call("clear_revision"))
    if revision is not None:
        await runner.run(connection, call("write_revision", revision=revision))
