"""Marks beside a SQLite file that say that what is in it is not whole: one for each operation that may leave it so.

They outlive a kill. While the file itself is being replaced, nothing can be written down in it.
"""

from __future__ import annotations

import os
from pathlib import Path

from shipledger.durable_names import sync_folder
from shipledger.errors import Unavailable
from shipledger.reasons import reason_of
from shipledger.store.installation.unfinished_contract import REBUILD, REBUILD_REMEDY, RESTORE, Unfinished

_SUFFIXES = {REBUILD: ".rebuilding", RESTORE: ".restoring"}


def begin_mark(database: Path, name: str, remedy: str) -> None:
    """Durably say that an operation is under way on a database. Raises Unavailable."""
    path = _path_of(database, name)
    draft = path.with_name(path.name + ".draft")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(remedy)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise Unavailable("mark", f"The file {path} cannot be created: {reason_of(error)}.") from error


def end_mark(database: Path, name: str) -> None:
    """The operation is finished, or what it left half done is gone."""
    path = _path_of(database, name)
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def list_marks(database: Path) -> list[Unfinished]:
    """The operations that are under way on a database or were interrupted."""
    found = []
    for name in _SUFFIXES:
        path = _path_of(database, name)
        try:
            remedy = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        found.append(Unfinished(name=name, remedy=remedy or REBUILD_REMEDY, is_barred=True))
    return found


def _path_of(database: Path, name: str) -> Path:
    real = database.resolve()
    return real.with_name(real.name + _SUFFIXES[name])
