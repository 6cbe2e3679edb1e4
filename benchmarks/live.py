"""(v) creates while 200 pages are open that hear at once what changed."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from benchmarks import bodies
from benchmarks.dataset import CACHE, get_dataset
from benchmarks.load import Job
from benchmarks.people import SESSIONS, compare_beside, sign_in_readers
from benchmarks.results import Result, Scale, expect
from benchmarks.servers import measure, on_core, ours

CREATES_PER_SECOND = 500.0
PAGE, STREAM = "/deployments", "/live"


class Viewing(Struct):
    """The open pages: one for each cookie."""

    port: int
    cookies: list[str]


def measure_live(scale: Scale) -> list[Result]:
    """(v) creates alone and with open pages, in turn."""
    few = get_dataset(scale.few_deployments)
    with tempfile.TemporaryDirectory(prefix="live-", dir=CACHE) as folder:
        database = Path(folder).absolute() / "ledger.db"
        shutil.copy(few.database, database)
        cookies = asyncio.run(sign_in_readers(database, few.organization_id))
        alone, watched, number = [], [], 0
        with ours(database, log_level="error") as server:
            create = bodies.numbered_create(few.api_key)
            for _ in range(scale.rounds):
                for outcomes, viewers in ((alone, ()), (watched, cookies)):
                    with _viewing(server.port, viewers) as wait_until_looked:
                        first = measure(Job(port=server.port, numbered=create, first_number=number, rate=50, seconds=1))
                        wait_until_looked()
                        outcome = measure(
                            Job(
                                port=server.port,
                                numbered=create,
                                first_number=first.next_number,
                                rate=CREATES_PER_SECOND,
                                seconds=scale.seconds,
                            )
                        )
                    expect(outcome, {"202"})
                    number = outcome.next_number
                    outcomes.append(outcome)
    what = f"creates at {CREATES_PER_SECOND:,.0f} a second while {SESSIONS} pages are open"
    return [compare_beside("v", what, alone, watched, most=1.2)]


@contextmanager
def _viewing(port: int, cookies: Sequence[str]) -> Iterator[Callable[[], None]]:
    """Keep the pages open, in a process of their own on the generator's core.

    What is given waits until each has fetched its list once, after the first change: then it offers what is newer, and waits
    for its reader.
    """
    if not cookies:
        yield lambda: None
        return
    command = [sys.executable, "-m", "benchmarks.live"]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=on_core(1),  # noqa: PLW1509  no threads here
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(msgspec.json.encode(Viewing(port, list(cookies))))
        process.stdin.close()
        _expect_line(process.stdout, b"open")
        yield partial(_expect_line, process.stdout, b"looked")
    finally:
        process.terminate()
        process.wait()


def _expect_line(lines: IO[bytes], word: bytes) -> None:
    line = lines.readline().strip()
    assert line == word, line


async def _watch(viewing: Viewing, cookie: str, opened: asyncio.Semaphore, looked: asyncio.Semaphore) -> None:
    """One open page: a stream, and one look when it hears of something."""
    head = f"Host: 127.0.0.1\r\nCookie: {cookie}\r\n".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", viewing.port)
    writer.write(b"GET %b HTTP/1.1\r\n%bAccept: text/event-stream\r\n\r\n" % (STREAM.encode(), head))
    await reader.readuntil(b"event: open")
    opened.release()
    has_looked = False
    while line := await reader.readline():
        if line.startswith(b"event: changed") and not has_looked:
            has_looked = True
            await _look(viewing, head)
            looked.release()


async def _look(viewing: Viewing, head: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", viewing.port)
    writer.write(b"GET %b HTTP/1.1\r\n%bHX-Request: true\r\nConnection: close\r\n\r\n" % (PAGE.encode(), head))
    await reader.read()
    writer.close()


async def _watch_all(viewing: Viewing) -> None:
    steps = {"open": asyncio.Semaphore(0), "looked": asyncio.Semaphore(0)}
    watching = [asyncio.create_task(_watch(viewing, cookie, *steps.values())) for cookie in viewing.cookies]
    for word, done in steps.items():
        for _ in watching:
            await done.acquire()
        print(word, flush=True)
    await asyncio.gather(*watching)


if __name__ == "__main__":
    asyncio.run(_watch_all(msgspec.json.decode(sys.stdin.buffer.read(), type=Viewing)))
