"""Run git on what strangers sent: no configuration but ours, no hooks, no prompt, and only so much time and memory."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import time
from pathlib import Path

from msgspec import Struct

_MEGABYTE = 2**20
_BLOCK_BYTES = 512
_LIMITED = 'ulimit -c 0; ulimit -t "$1"; ulimit -f "$2"; ulimit -v "$3"; shift 3; umask 077; exec 2>&3 3>&-; exec "$@"'
"""Limits are set by a shell, which then becomes git: between fork and exec Python must not run in a program with threads.

Where a system does not know one of them, the others hold; what the shell says about it is dropped.
"""

_OPTIONS = (
    "core.hooksPath=/dev/null",
    "core.bigFileThreshold=16m",
    "core.packedGitWindowSize=16m",
    "core.packedGitLimit=256m",
    "gc.auto=0",
    "pack.threads=1",
    "protocol.allow=never",
)

_OUR_FAULTS = ("No space left", "Disk quota", "Read-only file system", "Permission denied", "Input/output error", "Too many open")


class GitLimits(Struct, frozen=True):
    """What git may use for one pack: ``seconds`` in all its runs together, memory and disk in each."""

    objects: int = 500_000
    seconds: float = 60.0
    memory_bytes: int = 1024 * _MEGABYTE
    file_bytes: int = 256 * _MEGABYTE


class GitMissingError(Exception):
    """There is no git on this machine."""


class GitFailedError(Exception):
    """git ended with an error. ``is_ours``: not what it was given is to blame, so that trying again later may help."""

    def __init__(self, sentence: str, *, is_ours: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.is_ours = is_ours


def find_git() -> str | None:
    """Where git is, or None."""
    return shutil.which("git")


class GitRuns:
    """The runs of git on one pack: each has the time that those before it have left."""

    def __init__(self, limits: GitLimits) -> None:
        self._limits = limits
        self._left_seconds = limits.seconds

    async def run(self, repository: Path, *arguments: str, sent: bytes = b"") -> bytes:
        """What git writes about a bare repository when it is sent ``sent``. Raises GitMissingError and GitFailedError."""
        began = time.monotonic()
        try:
            return await _run_git(repository, self._limits, self._left_seconds, *arguments, sent=sent)
        except TimeoutError:
            raise GitFailedError(f"Reading it took more than {self._limits.seconds:g} s.") from None
        finally:
            self._left_seconds = max(0.0, self._left_seconds - (time.monotonic() - began))


async def _run_git(repository: Path, limits: GitLimits, seconds: float, *arguments: str, sent: bytes) -> bytes:
    git = find_git()
    if git is None:
        raise GitMissingError
    limited = (str(int(seconds) + 1), str(limits.file_bytes // _BLOCK_BYTES), str(limits.memory_bytes // 1024))
    options = [part for option in _OPTIONS for part in ("-c", option)]
    process = await asyncio.create_subprocess_exec(
        "/bin/sh",
        "-c",
        f"exec 3>&2 2>/dev/null; {_LIMITED}",
        "sh",
        *limited,
        git,
        *options,
        *arguments,
        stdin=asyncio.subprocess.PIPE if sent else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=repository.parent,
        env=_environment(repository),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(seconds):
            written, told = await _converse(process, sent)
            await process.wait()
    finally:
        await _end(process)
    if process.returncode != 0:
        raise _failure(process.returncode or 0, told.decode("utf-8", "replace"), repository)
    return written


async def _converse(process: asyncio.subprocess.Process, sent: bytes) -> tuple[bytes, bytes]:
    """What a process writes to its output and to its errors, while it is sent ``sent``.

    A process that ends without reading is judged by its exit code. ``communicate`` fails then under uvloop, where a pipe that
    was closed at its other end raises RuntimeError.
    """
    async with asyncio.TaskGroup() as group:
        if process.stdin is not None:
            group.create_task(_feed(process.stdin, sent))
        written = group.create_task(_read(process.stdout))
        told = group.create_task(_read(process.stderr))
    return written.result(), told.result()


async def _feed(stdin: asyncio.StreamWriter, sent: bytes) -> None:
    with contextlib.suppress(OSError, RuntimeError):
        stdin.write(sent)
        await stdin.drain()
    with contextlib.suppress(OSError, RuntimeError):
        stdin.close()


async def _read(stream: asyncio.StreamReader | None) -> bytes:
    return b"" if stream is None else await stream.read()


async def _end(process: asyncio.subprocess.Process) -> None:
    """Leave no process behind, whatever happened."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await _converse(process, b"")
        await process.wait()


def _environment(repository: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.devnull,
        "LC_ALL": "C",
        "GIT_DIR": str(repository),
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }


def _failure(code: int, told: str, repository: Path) -> GitFailedError:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return GitFailedError("Reading it exceeded the CPU time limit of a pack.")
    if code == -signal.SIGXFSZ:
        return GitFailedError("It exceeds the disk space limit of a pack.")
    if "ut of memory" in told:
        return GitFailedError("It exceeds the memory limit of a pack: an object in it is too large.")
    lines = [line.removeprefix("fatal: ") for line in told.splitlines() if line.startswith(("fatal: ", "error: "))]
    reason = (lines[-1] if lines else f"it ended with {code}").replace(str(repository), "the repository")[:200]
    return GitFailedError(f"git cannot read it: {reason}.", is_ours=any(fault in told for fault in _OUR_FAULTS))
