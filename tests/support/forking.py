"""Processes of the program that are forked from one that has imported it, instead of each importing it anew."""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO

from tests.support.preloaded import NUMBER
from tests.support.project import ROOT


class ForkedProcess:
    """A process of the program, as Popen has one."""

    def __init__(self, told: socket.socket) -> None:
        self._told = told
        self.pid = int(NUMBER.unpack(told.recv(NUMBER.size))[0])
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        """The exit code; minus the number of the signal that ended it. Raises TimeoutExpired after so many seconds."""
        if self.returncode is None:
            self._told.settimeout(timeout)
            try:
                status = self._told.recv(NUMBER.size)
            except (TimeoutError, BlockingIOError) as error:
                raise subprocess.TimeoutExpired("shipledger", timeout or 0) from error
            self._told.close()
            self.returncode = os.waitstatus_to_exitcode(NUMBER.unpack(status)[0])
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)


class _Preloaded:
    """The process that has imported the program, of this process's own."""

    def __init__(self) -> None:
        self._asking, asked = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._lock = threading.Lock()
        self._owner = os.getpid()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.preloaded", str(asked.fileno())], cwd=ROOT, pass_fds=(asked.fileno(),)
        )
        asked.close()
        atexit.register(self.close)

    def close(self) -> None:
        """Let it end: nobody will ask any more. In a fork of this process there is nothing to wait for."""
        self._asking.close()
        if self._owner == os.getpid():
            self._process.wait()

    def fork(
        self,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: str,
        code: str,
        stdin: IO[bytes],
        stdout: IO[bytes],
        stderr: IO[bytes],
    ) -> ForkedProcess:
        """A new process."""
        told, tells = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        asked = {"arguments": [*arguments], "environment": dict(environment), "folder": folder, "code": code}
        with tells, self._lock:
            descriptors = [one.fileno() for one in (stdin, stdout, stderr, tells)]
            socket.send_fds(self._asking, [json.dumps(asked).encode()], descriptors)
        return ForkedProcess(told)


@cache
def _preloaded(_process: int) -> _Preloaded:
    return _Preloaded()


def fork_program(
    *arguments: str, environment: Mapping[str, str], stdout: IO[bytes], stderr: IO[bytes], code: str = ""
) -> ForkedProcess:
    """``shipledger`` with ``arguments``, or ``code`` that may run it, without input."""
    with Path(os.devnull).open("rb") as nothing:
        streams = {"stdin": nothing, "stdout": stdout, "stderr": stderr}
        return _preloaded(os.getpid()).fork(arguments, environment=environment, folder=str(Path.cwd()), code=code, **streams)


def fork_for(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    folder: str,
    *,
    stdin: IO[bytes],
    stdout: IO[bytes],
    stderr: IO[bytes],
) -> ForkedProcess:
    """``shipledger`` with what somebody else started it with."""
    return _preloaded(os.getpid()).fork(
        arguments, environment=environment, folder=folder, code="", stdin=stdin, stdout=stdout, stderr=stderr
    )
