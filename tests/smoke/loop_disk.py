"""A disk that turns read-only: a file system of its own in a file, with an error that the kernel finds in it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.smoke.small_disk import MEGABYTE, NoSmallDisk

SIZE = 64 * MEGABYTE


class LoopDisk:
    """An ext4 that goes on read-only after an error, as Debian and others mount their disks."""

    def __init__(self, image: Path, directory: Path) -> None:
        self.directory = directory
        self._image = image

    def mount(self) -> None:
        """Mount it. Raises NoSmallDisk where that is not allowed."""
        self._run("mount", "-o", "loop,errors=remount-ro", str(self._image), str(self.directory))

    def unmount(self) -> None:
        """Unmount it, whoever uses it."""
        self._run("umount", "--lazy", str(self.directory))

    def fail(self) -> None:
        """Let the kernel find an error: nothing can be written any more, whatever is open. Only ``repair`` ends that."""
        Path(f"/sys/fs/ext4/{self._device().name}/trigger_fs_error").write_text("1")

    def repair(self) -> None:
        """What is done to such a disk: unmount it, check it, and mount it again. Nobody may be using it."""
        self._run("umount", str(self.directory))
        checked = subprocess.run(["e2fsck", "-p", self._image], capture_output=True, text=True, check=False)
        assert checked.returncode in {0, 1}, checked.stdout  # 1: errors were corrected
        self.mount()

    def protect(self, *files: Path) -> None:
        """Let writes to these files fail, also of who has them open already."""
        self._run("chattr", "+i", *map(str, files))

    def release(self, *files: Path) -> None:
        """Let them be written again."""
        self._run("chattr", "-i", *map(str, files))

    def _device(self) -> Path:
        number = self.directory.stat().st_dev
        return Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}").resolve()

    @staticmethod
    def _run(*command: str) -> None:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NoSmallDisk(done.stderr.strip())


@contextmanager
def loop_disk(folder: Path) -> Iterator[LoopDisk]:
    """A disk of this block's own. Raises NoSmallDisk where there can be none."""
    if not shutil.which("mkfs.ext4"):
        raise NoSmallDisk("mkfs.ext4 is missing")
    image, directory = folder / "disk.img", folder / "disk"
    directory.mkdir()
    image.touch()
    os.truncate(image, SIZE)
    subprocess.run(["mkfs.ext4", "-q", image], check=True)
    disk = LoopDisk(image, directory)
    disk.mount()
    try:
        yield disk
    finally:
        disk.unmount()
