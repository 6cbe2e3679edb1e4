"""The servers that are measured, each on one core, and the generator on the other."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import msgspec
from msgspec import Struct

from benchmarks.load import Job, Outcome
from shipledger.settings import PREFIX
from tests.support.program import RunningServer

TOKEN_KEY = "hex:" + 32 * "5a"
"""Nodes on one database share a key, and a file beside the user's own is not for a measurement."""
ANYWHERE = None
"""Where the system puts a process: several share the cores, and none has one for itself."""
FLOOR_STARTED = re.compile(r"running on http://127\.0\.0\.1:(\d+)")
FLOOR_ENVIRONMENT = ("FLOOR_DATABASE", "FLOOR_LEDGER", "FLOOR_QUERY")
PAGE_BYTES = 1_024


def on_core(number: int | None) -> Callable[[], None]:
    """What keeps a new process on one core, where the system can, or leaves it ANYWHERE."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []

    def pin() -> None:
        if number is not None and len(cores) > 1:
            os.sched_setaffinity(0, {cores[number % len(cores)]})

    return pin


def measure(job: Job, *, core: int | None = 1) -> Outcome:
    """What the generator measured, in a process of its own."""
    with start_measuring(job, core=core) as collect:
        return collect()


@contextmanager
def start_measuring(job: Job, *, core: int | None = 1) -> Iterator[Callable[[], Outcome]]:
    """Start the generator; what is given waits for it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.load"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=on_core(core),  # noqa: PLW1509  no threads here
    )

    def collect() -> Outcome:
        output, _ = process.communicate()
        return msgspec.json.decode(output, type=Outcome)

    assert process.stdin is not None
    process.stdin.write(msgspec.json.encode(job))
    process.stdin.close()
    process.stdin = None
    try:
        yield collect
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


class RunningFloor(Struct, frozen=True):
    """The floor, listening."""

    port: int
    pid: int


@contextmanager
def floor(*, ledger: str = "", query: str = "") -> Iterator[RunningFloor]:
    """The floor. ``query`` reads a document of the database ``ledger``."""
    with tempfile.TemporaryDirectory(prefix="floor-", dir=".cache/bench") as directory:
        values = (str(Path(directory) / "floor.db"), ledger, query)
        with running_floor("benchmarks.floor", dict(zip(FLOOR_ENVIRONMENT, values, strict=True))) as running:
            yield running


@contextmanager
def running_floor(module: str, environment: Mapping[str, str], *, core: int | None = 0) -> Iterator[RunningFloor]:
    """The application of ``module``, which finds in the environment what it needs."""
    with tempfile.TemporaryDirectory(prefix="floor-", dir=".cache/bench") as directory:
        log = Path(directory) / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "uvicorn", f"{module}:from_environment", "--factory", "--port", "0"),
                    *("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--backlog", "2048"),
                ],
                env={**os.environ, **environment},
                stdout=out,
                stderr=out,
                preexec_fn=on_core(core),  # noqa: PLW1509  no threads here
            )
        try:
            while not (started := FLOOR_STARTED.search(log.read_text())):
                assert process.poll() is None, log.read_text()
                time.sleep(0.02)
            yield RunningFloor(port=int(started[1]), pid=process.pid)
        finally:
            process.terminate()
            process.wait()


@contextmanager
def ours(
    database: Path | None = None, *, database_url: str | None = None, core: int | None = 0, **settings: str
) -> Iterator[RunningServer]:
    """Our server over ``database``, or over an empty one. ``settings`` are named as in the environment, without the prefix."""
    with tempfile.TemporaryDirectory(prefix="ours-", dir=".cache/bench") as directory:
        server = RunningServer(
            Path(directory).absolute(),
            database=database,
            database_url=database_url,
            prepare=on_core(core),
            is_forked=False,
            environment={f"{PREFIX}{name.upper()}": value for name, value in {"token_key": TOKEN_KEY, **settings}.items()},
        )
        try:
            server.start()
            yield server
        finally:
            server.close()


def read_counters(server: RunningServer) -> Mapping[str, float]:
    """The server's own measures since it started: receipts accepted, and items of receipts settled."""
    text = fetch(server, "/metrics")
    counters = {"accepted": 0.0, "settled": 0.0}
    for name, value in re.findall(r"^shipledger_receipts_(accepted|settled)_total\{[^}]*\} (\S+)$", text, re.MULTILINE):
        counters[name] += float(value)
    return counters


def fetch(server: RunningServer, path: str, *, key: str = "none") -> str:
    """The text of a good answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request("GET", path, headers={"Authorization": f"GenieKey {key}"})
        answer = connection.getresponse()
        text = answer.read().decode()
        assert answer.status == HTTPStatus.OK, text
        return text
    finally:
        connection.close()


def wait_until_settled(server: RunningServer, *, items_of_a_receipt: int = 1) -> float:
    """Seconds until nothing waits for its verdict."""
    began = time.perf_counter()
    while True:
        counters = read_counters(server)
        if counters["settled"] >= items_of_a_receipt * counters["accepted"]:
            return time.perf_counter() - began
        time.sleep(0.05)


def processor_seconds(pid: int) -> float:
    """Processor time that a process has used so far; NaN where the system does not tell."""
    facts = Path(f"/proc/{pid}/stat")
    if not facts.exists():
        return float("nan")
    user, system = facts.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def resident_megabytes(server: RunningServer, name: str = "VmRSS") -> float:
    """Memory of the server's process now (VmRSS) or at its most (VmHWM); NaN where the system does not tell."""
    status = Path(f"/proc/{server.pid}/status")
    if not status.exists():
        return float("nan")
    found = re.search(rf"^{name}:\s+(\d+) kB", status.read_text(), re.MULTILINE)
    return int(found[1]) / PAGE_BYTES if found else float("nan")
