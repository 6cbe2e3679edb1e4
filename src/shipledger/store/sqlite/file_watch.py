"""Whether a database is still the file that was opened, and its log the one that goes with it.

A file that is moved, deleted or replaced stays open: what is written goes where nobody finds it. So its name is looked up
before a transaction begins, and again before anybody hears that it was committed. That costs a microsecond.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from shipledger.errors import Unavailable
from shipledger.store.sqlite.connection import has_log

_LOGS = ("-wal", "-shm")


class _Identity(NamedTuple):
    device: int
    inode: int


class FileWatch:
    """Knows a database, and its log once that is there, by what the file system calls them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: _Identity | None = None
        self._logs: dict[Path, _Identity] = {}
        self.has_lost_log = False
        """Whether the log was taken away while it was in use. The file must then be opened anew, by everybody at once."""

    def check_file(self) -> None:
        """Raises Unavailable when another file has the name of the database, or none. The first call tells which one it is."""
        found = _identify(self._path)
        if self._database is None:
            self._database = found
        if found is None:
            raise Unavailable(
                "database_gone",
                f"The database file {self._path} was moved or deleted while in use. Put it back before you stop the server: "
                "the server may hold the only copy of recent data.",
            )
        if found != self._database:
            raise Unavailable(
                "database_replaced", f"The database file {self._path} was replaced while in use; restart the server."
            )

    def check_log(self) -> None:
        """Raises Unavailable when the log is not the one that is in use. The first call in a transaction tells which it is."""
        for suffix in _LOGS:
            log = self._path.with_name(self._path.name + suffix)
            found = _identify(log)
            if log not in self._logs and found is not None:
                self._logs[log] = found
            elif found != self._logs.get(log):
                self.has_lost_log = True
        if self.has_lost_log:
            raise Unavailable(
                "database_log_gone",
                f"The database's -wal or -shm file ({self._path}-wal) was deleted or replaced while in use; restart the server.",
            )

    def forget_log(self) -> None:
        """The database was closed in this process: its log may have gone with it."""
        if not self.has_lost_log:
            self._logs.clear()

    def is_log_missing(self) -> bool:
        """Whether no other log has taken the place of the one in use: it can be moved into the database then."""
        return not has_log(self._path)


def _identify(path: Path) -> _Identity | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return _Identity(found.st_dev, found.st_ino)
