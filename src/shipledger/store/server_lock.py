"""Only one server may serve a SQLite file: two would fight over its claims and answer from different memories.

The lock is held on a file beside the database, and on the database itself: a hard link, or a mount of the file elsewhere, is
another name of it, with another file beside it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from shipledger.database_url import is_postgres, parse_sqlite_path
from shipledger.errors import Conflict, Unavailable
from shipledger.reasons import reason_of
from shipledger.store.sqlite.connection import create_private_file

_MOUNT_POINT = 4
"""The place of the mount point in a line of /proc/self/mountinfo."""


@contextlib.contextmanager
def server_lock(database_url: str, *, creates: bool = False) -> Iterator[None]:
    """Hold the right to serve a SQLite file. Raises Conflict when another process has it. PostgreSQL serves many.

    ``creates``: an empty file is made where there is none, so that it can be locked. The operating system gives the lock back
    when the process ends, however it ends; the file beside the database stays and means nothing.
    """
    if is_postgres(database_url):
        yield
        return
    database = parse_sqlite_path(database_url)
    with contextlib.ExitStack() as stack:
        _lock_beside(database, stack)
        try:
            if creates:
                create_private_file(database)
            _lock_itself(database, stack)
        except OSError as error:
            raise Unavailable("server_lock", f"The database file {database} cannot be opened: {reason_of(error)}.") from error
        yield


def refuse_another_name(database: Path) -> None:
    """Raises Conflict when a server serves the file by another name: SQLite would keep another log of it."""
    if not _has_names(database):
        return
    descriptor = os.open(database, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        if not is_locked(database):
            raise _served_elsewhere(database) from None
    finally:
        os.close(descriptor)


def is_locked(database: Path) -> bool:
    """Whether this or another process uses the file by this name as one that must be alone."""
    return _find_holder(database) is not None


def is_served_by_another(database: Path) -> bool:
    """Whether another process does."""
    return _find_holder(database) not in (None, str(os.getpid()))


def _find_holder(database: Path) -> str | None:
    """The process that has the lock beside the file, or None."""
    try:
        descriptor = os.open(_lock_path(database), os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read_holder(descriptor)
    finally:
        os.close(descriptor)
    return None


def _read_holder(descriptor: int) -> str:
    return os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()


def _lock_path(database: Path) -> Path:
    """Beside the file itself, so that two symbolic links to one file have one lock."""
    real = database.resolve()
    return real.with_name(real.name + ".lock")


def _lock_beside(database: Path, stack: contextlib.ExitStack) -> None:
    path = _lock_path(database)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Unavailable("server_lock", f"The lock file {path} cannot be opened: {reason_of(error)}.") from error
    stack.callback(os.close, descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = _read_holder(descriptor)
        raise Conflict(
            "server_running",
            f"Another server (process {holder or 'unknown'}) already serves this database; stop it, or use another database.",
        ) from None
    except OSError as error:
        raise Unavailable("server_lock", f"The file {path} cannot be locked: {reason_of(error)}.") from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)


def _lock_itself(database: Path, stack: contextlib.ExitStack) -> None:
    """The descriptor is closed after all others of the file: with it go SQLite's own locks of this process."""
    if not database.exists():
        return
    descriptor = os.open(database, os.O_RDONLY | os.O_CLOEXEC)
    stack.callback(os.close, descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _served_elsewhere(database) from None


def _served_elsewhere(database: Path) -> Conflict:
    return Conflict(
        "server_running",
        f"Another server already serves {database} under another name (link or mount); use that name, or stop it.",
    )


def _has_names(database: Path) -> bool:
    """Whether the file has, or may have, another name than this one. A symbolic link is none: SQLite follows it."""
    try:
        is_linked = database.stat().st_nlink > 1
    except OSError:
        return False
    return is_linked or str(database.resolve()) in _list_mount_points()


def _list_mount_points() -> set[str]:
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return set()
    return {fields[_MOUNT_POINT].replace("\\040", " ") for line in lines if len(fields := line.split()) > _MOUNT_POINT}
