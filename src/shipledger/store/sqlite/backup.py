"""Copy a SQLite database as it is at one moment, while others write to it, and put a copy in the place of a database.

A copy is checked before it gets its name, so that a file with that name is always whole.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

from shipledger.errors import Conflict, DamagedStore, NotFound, Unavailable
from shipledger.reasons import reason_of
from shipledger.shell_words import quoted
from shipledger.store.absence import no_ledger
from shipledger.store.file_marks import begin_mark
from shipledger.store.installation.unfinished_contract import COPY_REMEDY, RESTORE
from shipledger.store.key_backup import ASIDE_SUFFIX, free_name
from shipledger.store.sqlite.connection import Connection, connect_reader, connect_still, connect_writer, has_log
from shipledger.store.sqlite.drafts import drafted
from shipledger.store.sqlite.errors import RESTORE_ADVICE, is_damage, is_outage, to_unavailable
from shipledger.store.sqlite.migrate import check_is_ledger, is_ledger
from shipledger.store.sqlite.texts import load_texts

RESTORED = "It was pending when the backup was made, and may have been delivered since."
"""Why a message was given up."""

PAGES_A_STEP = 2_000
"""8 MB at SQLite's usual page size: often enough for a progress bar, and for Ctrl-C."""
LOG_SUFFIXES = ("-wal", "-shm")
OTHER_BACKUP = "Use another backup."

Advance = Callable[[int, int], None]


def back_up(database: Path, file: Path, *, advance: Advance, replaces: bool) -> str:
    """The schema revision of the copy that is now in ``file``.

    Raises NotFound without a database, Conflict when there is a file and ``replaces`` is false, Unavailable when the copy
    cannot be made or is not whole; no file appears then.
    """
    if not is_ledger(database):
        raise no_ledger(str(database))
    if not file.parent.is_dir():
        raise NotFound("folder", f"There is no folder {file.parent}. Create it first, or use another one.")
    if file.exists() and not replaces:
        raise Conflict("backup_exists", f"The file {file} already exists. Use another name, or replace it with --force.")
    if file.exists() and file.samefile(database):
        raise Conflict("backup_exists", "The backup would overwrite the database; use another file.")
    with drafted(file) as draft:
        revision = _copy(database, draft, advance=advance, is_live=True, advice=RESTORE_ADVICE)
        draft.replace(file)
    return revision


def restore(file: Path, database: Path, *, advance: Advance, replaces: bool, takes_torn: bool = False) -> Path | None:
    """Where the database is kept that ``file`` has replaced, or None when there was none. No server may run.

    Before anything changes a mark says that the restore is under way; whoever has restored what belongs to the database ends
    it. Raises NotFound without a backup, Conflict when there is a database and ``replaces`` is false, or when the backup is
    a file that was copied without its log and ``takes_torn`` is false, Unavailable when the backup is not whole or not a
    ledger; nothing has changed then.
    """
    if not file.exists():
        raise NotFound("backup", f"There is no file {file}.")
    if not takes_torn:
        _refuse_torn(file)
    database = database.resolve()  # where a link leads, the database is, and its log files are
    if database.exists() and not replaces:
        raise Conflict(
            "database_exists",
            f"The database {database} already exists. --force replaces it and keeps the old one under another name.",
        )
    if database.exists() and file.samefile(database):
        raise Conflict("database_exists", "The backup is the database itself; use another file.")
    with drafted(database) as draft:
        _copy(file, draft, advance=advance, is_live=has_log(file), advice=OTHER_BACKUP)
        _note_import(draft)
        _give_up_pending(draft)
        again = f"shipledger restore {quoted(str(file.absolute()))} --force"
        begin_mark(database, RESTORE, f"A restore of this database was not finished; run it again: {again}")
        aside = _set_aside(database) if database.exists() else None
        draft.replace(database)
    return aside


def _copy(source: Path, draft: Path, *, advance: Advance, is_live: bool, advice: str) -> str:
    sql = load_texts()
    try:
        with (
            contextlib.closing(connect_reader(source, sql) if is_live else connect_still(source)) as reader,
            contextlib.closing(sqlite3.connect(draft, isolation_level=None)) as writer,
        ):
            revision = check_is_ledger(reader, sql)
            # The copy is of the moment of this first look: without it, each write of the server would start it anew.
            reader.execute(sql["begin_read"])
            reader.execute(sql["count_tables"]).fetchone()
            reader.backup(writer, pages=PAGES_A_STEP, progress=lambda _, left, total: advance(total - left, total))
            writer.execute(sql["use_no_log"]).fetchall()
            if writer.execute(sql["has_installation"]).fetchone()[0]:
                writer.execute(sql["forget_served_copy"])
            _check_whole(writer, sql["check_integrity"])
    except sqlite3.Error as error:
        raise _describe(error, source, advice) from error
    except OSError as error:
        raise Unavailable("backup", f"The copy in {draft.parent} cannot be created: {reason_of(error)}.") from error
    return revision


def _note_import(draft: Path) -> None:
    """Note in a ledger of this version that it was brought here; what an older one shows is computed anew anyway."""
    sql = load_texts()
    with contextlib.closing(sqlite3.connect(draft, isolation_level=None)) as writer:
        if writer.execute(sql["can_note_import"]).fetchone()[0]:
            writer.execute(sql["note_import"])


def _give_up_pending(draft: Path) -> None:
    """Keep a restored ledger from telling others what they may have heard since, and from telling them for a copy."""
    sql = load_texts()
    with contextlib.closing(sqlite3.connect(draft, isolation_level=None)) as writer:
        for table, statement in (
            ("outbox_message", "give_up_restored_messages"),
            ("gate_delivery", "give_up_restored_deliveries"),
        ):
            if writer.execute(sql["count_table_named"], {"name": table}).fetchone()[0]:
                writer.execute(sql[statement], {"reason": RESTORED})


def _describe(error: sqlite3.Error, source: Path, advice: str) -> Unavailable:
    if is_outage(error) and not is_damage(error):
        return to_unavailable(error)
    return DamagedStore("damaged", f"{source} is damaged, so it was not copied ({reason_of(error)}). {advice}")


def _refuse_torn(file: Path) -> None:
    """Raises Conflict for the file of a server that has not closed it, when the log is not there in which the newest may be."""
    if has_log(file):
        return
    sql = load_texts()
    try:
        with contextlib.closing(connect_still(file)) as reader:
            if not reader.execute(sql["has_installation"]).fetchone()[0]:
                return
            served = reader.execute(sql["find_installation"]).fetchone()[2]
    except sqlite3.Error as error:
        raise _describe(error, file, OTHER_BACKUP) from error
    if served is not None:
        raise Conflict("copy", f"{COPY_REMEDY} To use it anyway: --as-it-is")


def _check_whole(connection: Connection, statement: str) -> None:
    (finding,) = connection.execute(statement).fetchone()
    if finding != "ok":
        raise sqlite3.DatabaseError(finding)


def _set_aside(database: Path) -> Path:
    """A second name for the database, without its log files, which would otherwise be taken for the new one's.

    What is in the log is moved into the database before; where that cannot be done, the log goes with it.
    """
    is_whole = _empty_log(database)
    aside = free_name(database.with_name(database.name + ASIDE_SUFFIX))
    aside.hardlink_to(database)
    for suffix in LOG_SUFFIXES:
        log = database.with_name(database.name + suffix)
        if suffix == "-wal" and not is_whole and log.exists():
            log.replace(aside.with_name(aside.name + suffix))
        log.unlink(missing_ok=True)
    return aside


def _empty_log(database: Path) -> bool:
    try:
        with contextlib.closing(connect_writer(database, load_texts())) as connection:
            busy: int = connection.execute(load_texts()["empty_log"]).fetchone()[0]
    except sqlite3.Error:
        return False
    return busy == 0
