"""The migrations as they are kept: one plain SQL file per revision, direction and dialect."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Literal

MIGRATIONS = Path(__file__).with_name("migrations")


def list_revisions() -> list[str]:
    """All revisions, oldest first. Their names sort in the order in which they apply."""
    return sorted(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def read_statements(path: Path) -> list[str]:
    """The statements of an SQL file, in order."""
    statements, pending = [], ""
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    if any(line.strip() and not line.strip().startswith("--") for line in pending.splitlines()):
        raise ValueError(f"{path.name} ends within a statement")
    return statements


def read_migration(dialect: str, revision: str, direction: Literal["up", "down"]) -> list[str]:
    """The statements of one revision."""
    return read_statements(MIGRATIONS / dialect / f"{revision}.{direction}.sql")


def run_migration(revision: str, direction: Literal["up", "down"]) -> None:
    """Apply one revision over the connection of the running Alembic command. Called by the files in ``versions/``."""
    from alembic import op  # noqa: PLC0415  Alembic takes a second to import and most starts need no migration

    connection = op.get_bind()
    for statement in read_migration(connection.dialect.name, revision, direction):
        connection.exec_driver_sql(statement)
