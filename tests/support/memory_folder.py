"""Where the files of tests are: in memory, where there is room."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108  its users' folders are their own, as in /tmp
ROOM_BYTES = 4 << 30
"""The whole suite leaves one gigabyte behind."""


def keep_files_in_memory() -> None:
    """Let this process, and those that it starts, make temporary files in memory unless TMPDIR says where.

    Each commit of a ledger waits for the disk, for milliseconds, tens of thousands of times in the suite. What a killed process
    has written outlives it there as on a disk; tests of full and broken disks mount their own.
    """
    if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(MEMORY).free >= ROOM_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
