"""When a SQLite ledger was backed up last, in a file beside it: what is noted in the ledger would be in no backup itself."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path

SUFFIX = ".backed-up"


def note_backup(database: Path, at: datetime) -> None:
    """Note that ``database`` was backed up. A backup is none the worse where that cannot be written."""
    with contextlib.suppress(OSError):
        _note_of(database).write_text(f"{at.isoformat(timespec='seconds')}\n", encoding="ascii")


def find_backup(database: Path) -> datetime | None:
    """When ``database`` was backed up last with ``shipledger backup``; None if that is not known."""
    try:
        found = datetime.fromisoformat(_note_of(database).read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _note_of(database: Path) -> Path:
    resolved = database.resolve()
    return resolved.with_name(resolved.name + SUFFIX)
