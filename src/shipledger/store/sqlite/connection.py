"""Connections to a SQLite file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from shipledger.store.undecodable import read_text

T = TypeVar("T")

Connection = sqlite3.Connection
Operation = Callable[[Connection], T]
"""What is done over a connection, in the thread that owns it."""

BUSY_SECONDS = 10.0
_STATEMENTS_KEPT = 256


def create_private_file(path: Path) -> None:
    """Make an empty file that only its owner may read, and its folder, unless they exist.

    SQLite gives its log files the same permissions.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return


def connect_writer(path: Path, sql: Mapping[str, str], *, busy_seconds: float = BUSY_SECONDS) -> Connection:
    """A connection that may write to an existing file. Transactions are begun and ended by the caller."""
    connection = _connect(path, "rw", busy_seconds)
    try:
        for name in (
            "use_write_ahead_log",
            "sync_every_commit",
            "enforce_foreign_keys",
            "delete_fast",
            "checkpoint_rarely",
            "limit_log_size",
            "cache_for_writer",
        ):
            connection.execute(sql[name]).fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def connect_reader(path: Path, sql: Mapping[str, str]) -> Connection:
    """A connection that cannot write."""
    connection = _connect(path, "ro", BUSY_SECONDS)
    try:
        for name in ("refuse_writes", "cache_for_reader"):
            connection.execute(sql[name]).fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def connect_still(path: Path) -> Connection:
    """A connection to a file that nobody writes to: it needs no log beside it, which a safe place may refuse, and makes none."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)


def open_reader(path: Path, sql: Mapping[str, str]) -> Connection:
    """A connection to look into a file that may be anybody's. It makes no log where there is none.

    That a log is missing tells a copy that was made without it.
    """
    return connect_reader(path, sql) if has_log(path) else connect_still(path)


def log_of(path: Path) -> Path:
    """Where the log of a SQLite file is, while there is one."""
    return path.with_name(path.name + "-wal")


def has_log(path: Path) -> bool:
    """Whether a SQLite file has its log beside it."""
    return log_of(path).exists()


@contextmanager
def transaction(connection: Connection, sql: Mapping[str, str], begin: str) -> Iterator[None]:
    """Begin, and commit unless an exception leaves the block."""
    connection.execute(sql[begin])
    try:
        yield
        connection.execute(sql["commit"])
    except BaseException:
        if connection.in_transaction:
            connection.execute(sql["rollback"])
        raise


def _connect(path: Path, mode: str, busy_seconds: float) -> Connection:
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode={mode}",
        uri=True,
        timeout=busy_seconds,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=_STATEMENTS_KEPT,
    )
    connection.text_factory = read_text
    return connection
