"""Thousands of connections, idle, slow or hoarding, cost a bounded amount of memory and files, and nobody else's answers.

`make crowd` is the long form: 5,000 idle and 200 slow ones, and 10,000 that have the server hold as much as they can.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import time
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

import httpx2
import pytest
from msgspec import Struct

from tests.support.hoarders import Hoarder, bodies_of_strangers, bodies_with_a_key, hoard, list_hoarders, requests_ahead
from tests.support.opsgenie import create_body
from tests.support.plain_http import no_certificates
from tests.support.program import RunningServer

pytestmark = pytest.mark.smoke

PATIENCE_SECONDS = 60.0
ANSWERED_WITHIN_SECONDS = 5.0
BYTES_A_CONNECTION = 16 * 1024
SPARE_BYTES = 32 * 1024 * 1024
SPARE_FILES = 100
MEGABYTE = 1 << 20
MANY = 1_000
"""To look at so many open files takes a while."""
GIVEN_BACK_SECONDS = 30.0
AFRESH = httpx2.Limits(max_keepalive_connections=0)
"""The server closes an idle connection, and this process is too busy to notice it in time."""
HOARDED_BYTES = 32 * 1024
HOARDED_SPARE_BYTES = 16 * MEGABYTE
"""What a connection may take that does all that it can, besides what is counted; and all of them together."""

HEAD = b"POST /v2/deployments HTTP/1.1\r\nHost: x\r\n"


class Process:
    """What a process uses."""

    def __init__(self, pid: int) -> None:
        self._folder = Path("/proc") / str(pid)

    @property
    def resident_bytes(self) -> int:
        """Memory in use."""
        return int((self._folder / "statm").read_text().split()[1]) * resource.getpagesize()

    @property
    def files(self) -> int:
        """Open files and sockets."""
        return len([*(self._folder / "fd").iterdir()])

    @property
    def sockets(self) -> int:
        """Open sockets alone: a duty in the background may open files at any time."""
        return sum(_is_socket(link) for link in (self._folder / "fd").iterdir())


def _is_socket(link: Path) -> bool:
    """Also of one that is closed while it is looked at."""
    with contextlib.suppress(FileNotFoundError):
        return str(link.readlink()).startswith("socket:")
    return False


@contextlib.contextmanager
def started(folder: Path, *, is_forked: bool = False, **settings: object) -> Iterator[RunningServer]:
    """A server with these settings. A fork shares memory, so one whose memory is measured is none."""
    environment = {f"SHIPLEDGER_{name.upper()}": str(value) for name, value in settings.items()}
    server = RunningServer(folder, environment=environment, is_forked=is_forked)
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server that gives a client two seconds."""
    with started(tmp_path_factory.mktemp("running"), is_forked=True, request_timeout_seconds=2) as server:
        yield server


def test_idle_and_slow_connections_are_bounded(tmp_path: Path) -> None:
    with started(tmp_path, request_timeout_seconds=2) as server:
        asyncio.run(crowd(server, idle=600, slow=60))


@pytest.mark.torture
@pytest.mark.timeout(0)
def test_five_thousand_idle_and_two_hundred_slow_connections_are_bounded(tmp_path: Path) -> None:
    with started(tmp_path, request_timeout_seconds=20) as server:
        print(asyncio.run(crowd(server, idle=5_000, slow=200)))


def test_what_connections_make_the_server_hold_is_bounded_and_given_back(tmp_path: Path) -> None:
    with started(tmp_path, request_timeout_seconds=2, bytes_in_flight_limit=4 * MEGABYTE) as server:
        key, webhook = server.credential(), server.create_credential("jenkins")["webhook_url"]
        held = asyncio.run(hoard_together(server, list_hoarders(webhook, key), 150))
    assert held.used < 4 * MEGABYTE + 150 * HOARDED_BYTES + HOARDED_SPARE_BYTES, held
    assert held.kept < HOARDED_SPARE_BYTES, held
    assert held.files < 150 + SPARE_FILES, held


@pytest.mark.torture
@pytest.mark.timeout(0)
@pytest.mark.parametrize("kind", ["bodies of strangers", "bodies with a key", "all that can be held"])
def test_ten_thousand_connections_make_the_server_hold_little(tmp_path: Path, kind: str) -> None:
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(files, min(most, 12_000)), most))
    with started(tmp_path, request_timeout_seconds=900, connection_limit=10_100) as server:  # none is cut early
        key, webhook = server.credential(), server.create_credential("jenkins")["webhook_url"]
        kinds = {
            "bodies of strangers": bodies_of_strangers(webhook),
            "bodies with a key": bodies_with_a_key(key),
            "all that can be held": list_hoarders(webhook, key),
        }
        held = asyncio.run(hoard_together(server, kinds[kind], 10_000))
    print(f"\n{kind}: {held}")
    assert held.connections > 9_900
    assert held.used < 128 * MEGABYTE + 10_000 * HOARDED_BYTES + HOARDED_SPARE_BYTES
    assert held.files < 10_000 + SPARE_FILES
    if kind != "all that can be held":  # of these the kernel loses the ends of some, which go on until their time is over
        assert held.kept < held.used / 2


class Held(Struct):
    """What a process used while it was made to hold much: bytes of memory, open files, and how long an answer took."""

    before: int
    most: int = 0
    after: int = 0
    counted: float = 0
    connections: int = 0
    files: int = 0
    answered_seconds: float = 0

    @property
    def used(self) -> int:
        """By how much it grew."""
        return self.most - self.before

    @property
    def kept(self) -> int:
        """How much of that it did not give back."""
        return self.after - self.before

    def __str__(self) -> str:
        """The figures of docs/promises.md."""
        before, most, after, counted = (round(count / MEGABYTE) for count in (self.before, self.most, self.after, self.counted))
        return (
            f"{before} MB before, {most} MB with {self.connections:,} connections, of which {counted} MB are counted, "
            f"{after} MB afterwards; meanwhile /healthz answered within {self.answered_seconds:.1f} s"
        )


async def hoard_together(server: RunningServer, kinds: Sequence[Hoarder], count: int) -> Held:
    """What so many connections, of every kind in turn, made the server hold."""
    # What it makes when it is first asked for, and keeps from then on, belongs to no connection.
    async with httpx2.AsyncClient(
        base_url=server.url, timeout=PATIENCE_SECONDS, trust_env=False, verify=no_certificates()
    ) as client:
        assert (await client.get("/ledger/openapi.json")).is_success
    process, stop, sent = Process(server.pid), asyncio.Event(), 0
    held, files = Held(process.resident_bytes), process.files

    def has_sent() -> None:
        nonlocal sent
        sent += 1

    def look() -> None:
        held.most = max(held.most, process.resident_bytes)
        held.connections, held.files = max(held.connections, process.sockets), max(held.files, process.files - files)

    between = max(0.5, count / 500)  # or this process would be too busy to send anything
    clients = [
        asyncio.create_task(hoard(server.port, one, until=stop, has_sent=has_sent, seconds_between=between))
        for one in islice(cycle(kinds), count)
    ]
    async with httpx2.AsyncClient(
        base_url=server.url, timeout=PATIENCE_SECONDS, limits=AFRESH, trust_env=False, verify=no_certificates()
    ) as client:
        while sent < count:
            await asyncio.sleep(0.05 if count < MANY else 1)
            look()
        for _ in range(3):
            began = time.monotonic()
            assert (await client.get("/healthz")).status_code == 200
            held.answered_seconds = max(held.answered_seconds, time.monotonic() - began)
            held.counted = max(held.counted, await bytes_in_flight(client))
            look()
        stop.set()
        await asyncio.gather(*clients)
        # Of so many connections the kernel loses the ends of a few, which are cut when their time is over.
        lost = held.counted / 10 if count > MANY else 0
        deadline = time.monotonic() + PATIENCE_SECONDS
        while await bytes_in_flight(client) > lost and time.monotonic() < deadline:  # noqa: ASYNC110  it is another process
            await asyncio.sleep(0.5)
        assert await bytes_in_flight(client) <= lost
    deadline = time.monotonic() + GIVEN_BACK_SECONDS
    while process.resident_bytes > held.before + HOARDED_SPARE_BYTES and time.monotonic() < deadline:  # noqa: ASYNC110  it is another process
        await asyncio.sleep(0.5)
    held.after = process.resident_bytes
    return held


async def bytes_in_flight(client: httpx2.AsyncClient) -> float:
    """What the server says that it holds."""
    answer = await client.get("/metrics")
    assert answer.is_success, answer.text
    return float(next(line.split()[1] for line in answer.text.splitlines() if line.startswith("shipledger_bytes_in_flight ")))


async def crowd(server: RunningServer, *, idle: int, slow: int) -> str:
    """What the server used, after it has answered others among the crowd and the crowd is gone again."""
    process = Process(server.pid)
    key = {"Authorization": f"GenieKey {await asyncio.to_thread(server.credential)}"}
    async with httpx2.AsyncClient(
        base_url=server.url, headers=key, timeout=30, trust_env=False, verify=no_certificates()
    ) as client:
        assert (await client.post("/v2/deployments", json=create_body())).status_code == 202
        memory, files = process.resident_bytes, process.files
        connections = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(idle)]
        crawling = [asyncio.create_task(crawl(server.port, number)) for number in range(slow)]
        began = time.monotonic()
        for number in range(10):
            answer = await client.post("/v2/deployments", json=create_body(externalId=f"among-{number}"))
            assert answer.status_code == 202, answer.text
        assert time.monotonic() - began < ANSWERED_WITHIN_SECONDS * 2
        used, opened = process.resident_bytes - memory, process.files - files
        assert used < (idle + slow) * BYTES_A_CONNECTION + SPARE_BYTES, f"{used / MEGABYTE:.0f} MB"
        assert opened <= idle + slow + SPARE_FILES

        lasted = await asyncio.wait_for(asyncio.gather(*crawling), PATIENCE_SECONDS)
        assert max(lasted) < PATIENCE_SECONDS
        deadline = time.monotonic() + PATIENCE_SECONDS
        while process.files > files + SPARE_FILES:
            assert time.monotonic() < deadline, f"{process.files} files are still open"
            await asyncio.sleep(0.1)
        for _, writer in connections:
            writer.close()
        assert (await client.get("/readyz")).status_code == 200
    return f"{used / MEGABYTE:.0f} MB and {opened} files for {idle} idle and {slow} slow connections"


async def crawl(port: int, number: int) -> float:
    """Send a request byte by byte, its head or its body, until the server has enough; how many seconds that took."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.monotonic()
    drop = b"X-A: b\r\n" if number % 2 else b" "
    writer.write(HEAD if number % 2 else HEAD + b"Content-Length: 100000\r\n\r\n")
    gone = asyncio.create_task(reader.read())
    with contextlib.suppress(ConnectionError):
        while not gone.done():
            writer.write(drop)
            await writer.drain()
            await asyncio.wait([gone], timeout=0.25)
    with contextlib.suppress(ConnectionError):
        await gone
    writer.close()
    return time.monotonic() - began


def test_a_connection_too_many_is_closed_and_the_others_stay(tmp_path: Path) -> None:
    with started(tmp_path, is_forked=True, connection_limit=20) as server:
        asyncio.run(overcrowd(server))


async def overcrowd(server: RunningServer) -> None:
    async with httpx2.AsyncClient(base_url=server.url, timeout=20, trust_env=False, verify=no_certificates()) as client:
        assert (await client.get("/healthz")).status_code == 200
        crowd = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(40)]
        closed = [asyncio.create_task(reader.read()) for reader, _ in crowd]
        await asyncio.wait(closed, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        assert (await client.get("/healthz")).status_code == 200
        while sum(task.done() for task in closed) < 40 - 19:
            await asyncio.wait([task for task in closed if not task.done()], timeout=10, return_when=asyncio.FIRST_COMPLETED)
        for _, writer in crowd:
            writer.close()
        await asyncio.gather(*closed, return_exceptions=True)


@pytest.mark.parametrize("head", [b"X-A: " + b"b" * 200_000, b"X-A: b\r\n" * 20_000])
def test_a_head_without_end_is_refused(running: RunningServer, head: bytes) -> None:
    async def send() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        with contextlib.suppress(ConnectionError):
            for start in range(0, len(head), 8_000):
                writer.write((HEAD if not start else b"") + head[start : start + 8_000])
                await writer.drain()
                await asyncio.sleep(0)
        try:
            return await reader.read()
        except ConnectionError:
            return b""
        finally:
            writer.close()

    assert asyncio.run(send())[:12] in {b"HTTP/1.1 431", b""}  # or the answer is lost with what was still being sent


def test_a_client_that_takes_in_nothing_is_given_up(running: RunningServer) -> None:
    async def send() -> None:
        process = Process(running.pid)
        sockets, stop = process.sockets, asyncio.Event()
        hoarder = requests_ahead("/ledger/openapi.json")
        ahead = asyncio.create_task(hoard(running.port, hoarder, until=stop, has_sent=lambda: None))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while process.sockets == sockets:  # noqa: ASYNC110  it is another process
            await asyncio.sleep(0.01)
        while process.sockets > sockets:
            assert time.monotonic() < deadline, "the connection is still held"
            await asyncio.sleep(0.1)
        stop.set()
        await ahead

    asyncio.run(send())
