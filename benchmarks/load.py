"""The load generator: `python -m benchmarks.load` reads a job from standard input and prints what it measured.

Lean, so that it measures the server and not itself: requests are bytes made beforehand, answers are only cut apart by
their content-length, and each connection has one request under way. With a rate, a request's latency counts from the
moment it was due, so that a server that stalls cannot hide the requests it kept from being sent.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter, deque

import msgspec
import uvloop

LENGTH = b"content-length: "


class Job(msgspec.Struct, kw_only=True):
    """What to send. ``requests`` are sent in turn; between the pieces of ``numbered`` stands the next of twelve-digit numbers."""

    port: int
    requests: list[bytes] = []
    numbered: list[bytes] = []
    first_number: int = 0
    connections: int = 64
    warmup_seconds: float = 0.5
    seconds: float = 3.0
    rate: float | None = None


class Outcome(msgspec.Struct, kw_only=True):
    """What came back within the measured time, and over the whole run the count of each status."""

    count: int
    seconds: float
    per_second: float
    p50_milliseconds: float
    p99_milliseconds: float
    statuses: dict[str, int]
    next_number: int
    busy: float


class Generator:
    """The connections and what they have measured."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.number = job.first_number
        self.turn = 0
        self.idle: deque[Connection] = deque()
        self.due: deque[float] = deque()
        self.statuses: Counter[bytes] = Counter()
        self.latencies: list[float] = []
        begin = time.perf_counter()
        self.measure_from = begin + job.warmup_seconds
        self.end = self.measure_from + job.seconds

    def next_request(self) -> bytes:
        """The bytes to send next."""
        if self.job.numbered:
            self.number += 1
            return (b"%012d" % self.number).join(self.job.numbered)
        self.turn = (self.turn + 1) % len(self.job.requests)
        return self.job.requests[self.turn]

    def answered(self, connection: Connection, status: bytes, since: float) -> None:
        """Note an answer, and send the next request when one is due."""
        now = time.perf_counter()
        self.statuses[status] += 1
        if self.measure_from <= now < self.end:
            self.latencies.append(now - since)
        if now >= self.end:
            connection.transport.close()
        elif self.job.rate is None:
            connection.send(now)
        elif self.due:
            connection.send(self.due.popleft())
        else:
            self.idle.append(connection)

    async def pace(self) -> None:
        """Make requests due at the job's rate."""
        assert self.job.rate is not None
        due_at = time.perf_counter()
        while due_at < self.end:
            while due_at <= time.perf_counter():
                if self.idle:
                    self.idle.popleft().send(due_at)
                else:
                    self.due.append(due_at)
                due_at += 1 / self.job.rate
            await asyncio.sleep(0.001)
        # What is answered until the end becomes idle: at a low rate the last request is due long before.
        await asyncio.sleep(max(0.0, self.end - time.perf_counter()))
        for connection in self.idle:
            connection.transport.close()

    async def connect(self) -> None:
        """Keep one connection until the end: a server that closes one loses the request under way, not the rest."""
        while time.perf_counter() < self.end:
            connection = Connection(self)
            await asyncio.get_running_loop().create_connection(lambda made=connection: made, "127.0.0.1", self.job.port)
            await connection.gone


class Connection(asyncio.Protocol):
    """One keep-alive connection with one request under way."""

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self.buffer = b""
        self.sent_at = 0.0
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]  # uvloop's does not inherit
        if time.perf_counter() >= self.generator.end:  # a connection that was lost at the end and made again
            self.transport.close()
        elif self.generator.job.rate is None:
            self.send(time.perf_counter())
        else:
            self.generator.idle.append(self)

    def send(self, since: float) -> None:
        self.sent_at = since
        self.transport.write(self.generator.next_request())

    def data_received(self, data: bytes) -> None:
        self.buffer = self.buffer + data if self.buffer else data
        head = self.buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self.buffer.find(LENGTH)
        body = int(self.buffer[at + len(LENGTH) : self.buffer.index(b"\r", at)]) if 0 <= at < head else 0
        if len(self.buffer) < head + 4 + body:
            return
        status = self.buffer[9:12]
        self.buffer = self.buffer[head + 4 + body :]
        self.generator.answered(self, status, self.sent_at)

    def connection_lost(self, _: Exception | None) -> None:
        if self in self.generator.idle:  # a server closes what is idle for some seconds; it is made again
            self.generator.idle.remove(self)
        elif time.perf_counter() < self.generator.end:
            self.generator.statuses[b"lost"] += 1
        self.gone.set_result(None)


async def run(job: Job) -> Outcome:
    """Send the job's requests and measure."""
    generator = Generator(job)
    cpu_before, wall_before = time.process_time(), time.perf_counter()
    async with asyncio.timeout(job.warmup_seconds + job.seconds + 30), asyncio.TaskGroup() as group:
        for _ in range(job.connections):
            group.create_task(generator.connect())
        if job.rate is not None:
            group.create_task(generator.pace())
    latencies = sorted(generator.latencies) or [float("nan")]
    return Outcome(
        count=len(generator.latencies),
        seconds=job.seconds,
        per_second=len(generator.latencies) / job.seconds,
        p50_milliseconds=1_000 * latencies[len(latencies) // 2],
        p99_milliseconds=1_000 * latencies[len(latencies) * 99 // 100],
        statuses={status.decode(): count for status, count in generator.statuses.items()},
        next_number=generator.number,
        busy=(time.process_time() - cpu_before) / (time.perf_counter() - wall_before),
    )


if __name__ == "__main__":
    outcome = uvloop.run(run(msgspec.json.decode(sys.stdin.buffer.read(), type=Job)))
    sys.stdout.buffer.write(msgspec.json.encode(outcome))
