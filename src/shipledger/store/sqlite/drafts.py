"""Files that are written under another name beside their own, so that a file with that name is always whole."""

from __future__ import annotations

import contextlib
import fcntl
import glob
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from shipledger.durable_names import sync_folder
from shipledger.errors import Unavailable
from shipledger.reasons import reason_of
from shipledger.store.sqlite.connection import create_private_file

_SUFFIXES = ("", "-journal", "-wal", "-shm")
_RANDOM = re.compile(r"[0-9a-f]{8}")


@contextlib.contextmanager
def drafted(file: Path) -> Iterator[Path]:
    """A new file beside ``file`` that only its owner may read, to be renamed; it is durable when the block ends.

    Drafts of the same file that a killed process has left are removed: whoever writes one holds a lock on it. Raises Unavailable.
    """
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        _remove_leftovers(file)
        create_private_file(draft)
        with _locked(draft):
            yield draft
            sync_folder(file.parent)
    except OSError as error:
        raise Unavailable("backup", f"The file {file} cannot be written: {reason_of(error)}.") from error
    finally:
        _remove(draft)


def _remove_leftovers(file: Path) -> None:
    for left in file.parent.glob(f".{glob.escape(file.name)}.????????"):
        if not _RANDOM.fullmatch(left.name[-8:]):
            continue
        with contextlib.suppress(OSError), _locked(left):  # BlockingIOError: somebody writes it now
            _remove(left)


@contextlib.contextmanager
def _locked(draft: Path) -> Iterator[None]:
    """Held until the block ends, and gone with the process. It is another kind of lock than SQLite's own."""
    descriptor = os.open(draft, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _remove(draft: Path) -> None:
    for suffix in _SUFFIXES:
        with contextlib.suppress(OSError):
            draft.with_name(draft.name + suffix).unlink()
