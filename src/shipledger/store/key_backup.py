"""The key of an installation beside a backup: without it, what was encrypted with it cannot be read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from shipledger.durable_names import sync_folder
from shipledger.errors import Conflict, Unavailable
from shipledger.reasons import reason_of
from shipledger.store.key_file import SUFFIX

ASIDE_SUFFIX = ".before-restore"


def free_name(path: Path) -> Path:
    """``path``, or with a number behind it, so that what was kept aside before is kept on."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free


def key_beside(file: Path) -> Path:
    """Where the key of a database, or of a backup, is."""
    return file.with_name(file.name + SUFFIX)


def copy_key(source: Path, target: Path) -> None:
    """Copy a key so that only its owner may read it, and durably. Raises Unavailable."""
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        content = source.read_bytes()
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Unavailable("token_key", f"The key {source} cannot be copied to {target}: {reason_of(error)}.") from error


def check_key(backup: Path, database: Path, *, replaces: bool) -> None:
    """Raises Conflict when restoring would replace another key and ``replaces`` is false."""
    kept, present = key_beside(backup), key_beside(database)
    if not replaces and kept.exists() and present.exists() and kept.read_bytes() != present.read_bytes():
        raise Conflict(
            "token_key", f"{present} is not the key of the backup. --force replaces it and keeps the old one under another name."
        )


def restore_key(backup: Path, database: Path) -> bool:
    """Whether the database has a key now. That of the backup takes the place of another, which is kept aside."""
    kept, present = key_beside(backup), key_beside(database)
    if kept.exists() and not (present.exists() and kept.read_bytes() == present.read_bytes()):
        if present.exists():
            copy_key(present, free_name(present.with_name(present.name + ASIDE_SUFFIX)))
        copy_key(kept, present)
    return present.exists()
