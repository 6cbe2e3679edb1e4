"""Bring the schema of a SQLite file to its newest revision.

Alembic takes about a second to import, so it is imported only when an older schema is to be upgraded. A fresh file gets
the same SQL files applied directly.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from shipledger.errors import Unavailable
from shipledger.reasons import reason_of
from shipledger.store.migration_files import MIGRATIONS, list_revisions, read_migration, read_statements
from shipledger.store.sqlite.connection import Connection, connect_writer, create_private_file, open_reader, transaction
from shipledger.store.sqlite.errors import to_unavailable
from shipledger.store.sqlite.texts import load_texts


def migrate(path: Path) -> None:
    """Create the file, or upgrade its schema, when that is needed. Raises Unavailable when it cannot be done."""
    sql = load_texts()
    try:
        create_private_file(path)
        connection = connect_writer(path, sql)
        try:
            needs_upgrade = _create_or_inspect(connection, sql)
        finally:
            connection.close()
        if needs_upgrade:
            upgrade(path)
    except sqlite3.Error as error:
        raise to_unavailable(error) from error
    except OSError as error:
        raise Unavailable("database_unavailable", f"The database file {path} cannot be created: {reason_of(error)}.") from error


def is_ledger(path: Path) -> bool:
    """Whether a ledger is in the file, whatever its revision; nothing is created. Raises Unavailable for a file of others."""
    if not path.exists():
        return False
    sql = load_texts()
    try:
        with contextlib.closing(open_reader(path, sql)) as connection:
            return find_revision(connection, sql) is not None
    except sqlite3.Error as error:
        raise to_unavailable(error) from error


def check_revision(connection: Connection, sql: Mapping[str, str]) -> None:
    """Raises Unavailable when the schema is not at its newest revision."""
    revision = find_revision(connection, sql)
    if revision is None:
        raise Unavailable("schema_missing", "The database has no schema yet; start the server once, which creates it.")
    if revision != list_revisions()[-1]:
        _refuse_unknown(revision)
        raise Unavailable("schema_older", "The database has an older schema; start the server once, which upgrades it.")


def check_is_ledger(connection: Connection, sql: Mapping[str, str]) -> str:
    """The revision of a ledger that this program can use or upgrade. Raises Unavailable for everything else."""
    revision = find_revision(connection, sql)
    if revision is None:
        raise Unavailable("schema_missing", "The file is not a ledger: it has no schema. Use another file.")
    _refuse_unknown(revision)
    return revision


def find_revision(connection: Connection, sql: Mapping[str, str]) -> str | None:
    """The revision of the schema, or None in a file without one. Raises Unavailable when the file is somebody else's."""
    # First: another process may create all of them meanwhile.
    is_used = connection.execute(sql["count_tables"]).fetchone()[0]
    if connection.execute(sql["has_revision_table"]).fetchone()[0]:
        row = connection.execute(sql["read_revision"]).fetchone()
        if row is not None:
            return str(row[0])
    if is_used:
        raise Unavailable("not_a_ledger", "This SQLite file belongs to another program; use another file.")
    return None


def upgrade(path: Path, revision: str = "head") -> None:
    """Apply migrations up to ``revision`` with Alembic."""
    _run_alembic(path, "upgrade", revision)


def downgrade(path: Path, revision: str) -> None:
    """Undo migrations down to ``revision`` with Alembic: ``base`` undoes all. What they added is lost."""
    _run_alembic(path, "downgrade", revision)


def _create_or_inspect(connection: Connection, sql: Mapping[str, str]) -> bool:
    """Whether an upgrade is needed. A file without a schema gets the newest one, unless another process was faster."""
    revision = find_revision(connection, sql)
    if revision is None:
        with transaction(connection, sql, "begin_write"):
            if find_revision(connection, sql) is None:
                _create(connection, sql)
        return False
    _refuse_unknown(revision)
    return revision != list_revisions()[-1]


def _create(connection: Connection, sql: Mapping[str, str]) -> None:
    for statement in read_statements(MIGRATIONS / "sqlite" / "alembic_version.sql"):
        connection.execute(statement)
    revisions = list_revisions()
    for revision in revisions:
        for statement in read_migration("sqlite", revision, "up"):
            connection.execute(statement)
    connection.execute(sql["write_revision"], {"revision": revisions[-1]})


def _refuse_unknown(revision: str) -> None:
    if revision not in list_revisions():
        raise Unavailable(
            "schema_newer", f"The database has the schema {revision} of a newer Shipledger; install that version or a newer one."
        )


def _run_alembic(path: Path, command_name: str, revision: str) -> None:
    from alembic import command  # noqa: PLC0415  see the top of this file
    from alembic.config import Config  # noqa: PLC0415
    from sqlalchemy import NullPool, create_engine, event  # noqa: PLC0415
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415

    sql = load_texts()
    engine = create_engine("sqlite://", creator=lambda: connect_writer(path, sql), poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def begin(connection: object) -> None:
        # Python's sqlite3 would commit before schema changes; our connections begin transactions themselves.
        connection.exec_driver_sql(sql["begin_write"])  # type: ignore[attr-defined]

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            getattr(command, command_name)(config, revision)
    except DBAPIError as error:  # undone as a whole
        if error.orig is None:
            raise
        raise error.orig from error
