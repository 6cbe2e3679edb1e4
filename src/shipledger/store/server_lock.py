"""Only one server may serve a SQLite file: two would fight over its claims and answer from different memories."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from shipledger.errors import Conflict, Unavailable
from shipledger.store.database_url import is_postgres, parse_sqlite_path


@contextlib.contextmanager
def server_lock(database_url: str) -> Iterator[None]:
    """Hold the right to serve a SQLite file. Raises Conflict when another process has it. PostgreSQL serves many.

    The operating system gives it back when the process ends, however it ends; the file stays and means nothing.
    """
    if is_postgres(database_url):
        yield
        return
    path = _lock_path(parse_sqlite_path(database_url))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Unavailable("server_lock", f"The lock file {path} cannot be opened: {error.strerror}.") from error
    try:
        _lock(descriptor, path)
        yield
    finally:
        os.close(descriptor)


def _lock_path(database: Path) -> Path:
    """Beside the file itself, so that two names of one file have one lock."""
    real = database.resolve()
    return real.with_name(real.name + ".lock")


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
        raise Conflict(
            "server_running",
            f"Another server (process {holder or 'unknown'}) already serves this database; stop it, or name another database.",
        ) from None
    except OSError as error:
        raise Unavailable("server_lock", f"The file {path} cannot be locked: {error.strerror}.") from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
