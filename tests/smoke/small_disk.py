"""Disks that fill up: a small file system where one can be mounted, and a limit on the size of files."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

MEGABYTE = 1 << 20
FULL_AT = 3 * MEGABYTE
ROOM = 64 * MEGABYTE


class NoSmallDisk(Exception):
    """No file system can be mounted here."""


class SmallDisk(Protocol):
    """A place whose room is used up after a few megabytes."""

    directory: Path

    def prepare(self) -> None:
        """Called in the server's process before it starts."""

    def make_room(self, pid: int) -> None:
        """Let process ``pid`` write again."""


class SmallFileSystem:
    """A tmpfs, which grows when there is to be room: the error is the one of a full disk."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def prepare(self) -> None:
        """Nothing to do."""

    def make_room(self, pid: int) -> None:
        """Grow the file system."""
        subprocess.run(["mount", "-o", f"remount,size={ROOM}", str(self.directory)], check=True)


class SmallFiles:
    """A limit on the size of each file (RLIMIT_FSIZE). Python ignores SIGXFSZ, so that writes beyond it fail instead."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def prepare(self) -> None:
        """Set the limit that can be raised later."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_AT, ROOM))

    def make_room(self, pid: int) -> None:
        """Raise the limit of the running process."""
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (ROOM, ROOM))


def fill(directory: Path, *, leaving: int) -> Path:
    """The file that uses up the room on the disk of ``directory`` but for so many bytes."""
    disk = os.statvfs(directory)
    ballast = directory / "ballast"
    ballast.write_bytes(bytes(disk.f_bavail * disk.f_frsize - leaving))
    return ballast


@contextmanager
def small_file_system(directory: Path, size: int = FULL_AT) -> Iterator[SmallDisk]:
    """A small tmpfs on ``directory``. Raises NoSmallDisk where mounting is not allowed."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(directory)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        raise NoSmallDisk(mounted.stderr.strip())
    try:
        yield SmallFileSystem(directory)
    finally:
        subprocess.run(["umount", "--lazy", str(directory)], check=True)


@contextmanager
def small_files(directory: Path) -> Iterator[SmallDisk]:
    """Files in ``directory`` that cannot grow."""
    yield SmallFiles(directory)
