"""The real program, as a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx2

from tests.support.commands import Commands, Done
from tests.support.forking import ForkedProcess, fork_program
from tests.support.killed import KILLED_AT_A_STEP
from tests.support.plain_http import no_certificates

ANNOUNCED = re.compile(rb"serves http://127\.0\.0\.1:(\d+)")
LINK = re.compile(rb"https?://\S+/welcome\?link=\S+")
EMAIL, PASSWORD = "tester@example.com", "correct horse battery"
START_SECONDS = 30.0
READY_SECONDS = 10.0
PROGRAM = Path(sys.executable).with_name("shipledger")


class RunningServer:
    """``shipledger serve`` over a database in ``directory``, or over the one at ``database_url``.

    A restart keeps its port and its database. Several of different ``name`` are nodes, when the database is for several.
    ``killed_at``: a step, as ``run_killed`` takes it, before which it kills itself.
    Where ``is_forked`` is false, or something is to ``prepare``, it is started as a user starts it, and imports all anew.
    """

    def __init__(
        self,
        directory: Path,
        *,
        database: Path | None = None,
        database_url: str | None = None,
        name: str = "server",
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        prepare: Callable[[], None] | None = None,
        is_forked: bool = True,
        killed_at: str = "",
    ) -> None:
        self.database = database or directory / "shipledger.db"
        self.database_url = database_url or f"sqlite:///{self.database}"
        self.name = name
        self.out = directory / f"{name}.out"
        self.log = directory / f"{name}.log"
        self.port = 0
        self._arguments = tuple(arguments)
        self._environment = {**_inherited(), **(environment or {}), "SHIPLEDGER_DATABASE_URL": self.database_url}
        self._prepare = prepare
        is_own_version = self._environment.get("PYTHONPATH") == os.environ.get("PYTHONPATH")
        self._is_forked = is_forked and prepare is None and is_own_version
        self._killed_at = killed_at
        self._seen = 0
        self._process: subprocess.Popen[bytes] | ForkedProcess | None = None

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether there is a process, which may not answer yet."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it and return once it answers."""
        self.spawn()
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if not self.is_running or time.monotonic() > deadline:
                raise AssertionError(f"The server did not start:\n{self.log.read_text()[-4_000:]}")
            time.sleep(0.01)

    def answers(self) -> bool:
        """Whether it has said where it serves since it was spawned."""
        if found := ANNOUNCED.search(self._told()):
            self.port = int(found[1])
        return found is not None

    def is_ready(self) -> bool:
        """Whether it would accept a write now, as it says itself."""
        if not self.is_running or not self.answers():
            return False
        connection = HTTPConnection("127.0.0.1", self.port, timeout=READY_SECONDS)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def spawn(self) -> subprocess.Popen[bytes] | ForkedProcess:
        """Start it and do not wait."""
        self._seen = self.out.stat().st_size if self.out.exists() else 0
        arguments = ("serve", "--port", str(self.port), *self._arguments)
        with self.log.open("ab") as log, self.out.open("ab") as out:
            if self._killed_at:
                given = (self._killed_at, "1", "before", *arguments)
                self._process = fork_program(*given, code=KILLED_AT_A_STEP, environment=self._environment, stdout=out, stderr=log)
            elif self._is_forked:
                self._process = fork_program(*arguments, environment=self._environment, stdout=out, stderr=log)
            else:
                self._process = subprocess.Popen(
                    [PROGRAM, *arguments],
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=log,
                    preexec_fn=self._prepare,  # noqa: PLW1509  the parent has no threads while servers start
                )
        return self._process

    def _told(self) -> bytes:
        """What it has printed since it was spawned."""
        return self.out.read_bytes()[self._seen :]

    @property
    def link(self) -> str:
        """The link that creates the first account, as it has printed it."""
        found = LINK.search(self._told())
        assert found, f"It has printed no link: {self._told()!r}"
        return found[0].decode()

    @contextmanager
    def reader(self) -> Iterator[httpx2.Client]:
        """A browser in which the first administrator has signed in: with the link, as long as there is nobody."""
        headers, verify = {"Origin": self.url}, no_certificates()
        with httpx2.Client(base_url=self.url, timeout=30, trust_env=False, headers=headers, verify=verify) as client:
            found, proof = LINK.search(self._told()), {"email": EMAIL, "password": PASSWORD}
            answer = client.post("/login", data=proof)
            if not answer.is_redirect:
                assert found, f"It has printed no link: {self._told()!r}"
                link = unquote(found[0].decode().partition("?link=")[2])
                answer = client.post("/welcome", data={"link": link, "name": "Tester", "again": PASSWORD, **proof})
            assert answer.is_redirect, answer.text
            yield client

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def signal(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal and do not wait."""
        assert self._process is not None
        self._process.send_signal(number)

    def wait(self, seconds: float = 20.0) -> int:
        """The exit code, once it has ended by itself."""
        assert self._process is not None
        return self._process.wait(seconds)

    def terminate(self) -> int:
        """SIGTERM; the exit code."""
        self.signal()
        return self.wait()

    def close(self) -> None:
        """Make sure that it is gone."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """A command of the program over the same database, with its output."""
        done = subprocess.run(
            [PROGRAM, *arguments], env=self._environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert not check or done.returncode == 0, f"{arguments} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done

    def run_json(self, *arguments: str) -> Any:
        """What a command prints with ``--json``."""
        return json.loads(self.run(*arguments, "--json").stdout)

    def run_here(self, *arguments: str, code: int | None = 0) -> Done:
        """A command over the same database, by this process, whatever version the server is of.

        To start another process takes most of a second; ``run`` is for commands that are killed, or whose end is what counts.
        """
        own = {name: value for name, value in self._environment.items() if os.environ.get(name) != value}
        return Commands(self.database_url)(*arguments, environment=own, code=code)

    def create_credential(self, kind: str, *options: str) -> Any:
        """What the command prints of a new credential."""
        return self.run_here("credential", "create", kind, "--name", "test", *options, "--json").json

    def credential(self, *options: str) -> str:
        """The key of a new Opsgenie credential."""
        return str(self.create_credential("opsgenie", *options)["api_key"])


def _inherited() -> dict[str, str]:
    """The environment of the tests, but that what was compiled is kept: otherwise each start takes three seconds more."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
