"""A receiver of messages: an HTTP server of its own that answers in every way that servers answer, and keeps what it got."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from msgspec import Struct

HUGE_BYTES = 64 * 1024 * 1024


class Got(Struct, frozen=True):
    """A call that it got."""

    target: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        """What was said."""
        return json.loads(self.raw)


class FickleTarget:
    """Answers in the ways of ``ways``, one for each call, and the last for all that follow.

    A way is a status, or a word: ``hang`` (no answer), ``reset``, ``garbage`` (no HTTP), ``huge`` (200 with an endless body),
    ``short`` (200 with less than it announced), ``drip`` (200 with a body that stops), ``echo`` (200 that repeats the headers).
    ``hold``: while it is cleared, calls wait before they are answered.
    """

    def __init__(self) -> None:
        self.port = 0
        self.ways: list[int | str] = [204]
        self.headers: dict[str, str] = {}
        self.got: list[Got] = []
        self.at_once = 0
        self.most_at_once = 0
        self.hold = asyncio.Event()
        self.hold.set()
        self.arrived = asyncio.Semaphore(0)

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://localhost:{self.port}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and hang up."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._answer(reader, writer)
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        raw = await reader.readexactly(int(headers.get("content-length", "0")))
        self.got.append(Got(first.split()[1], headers, raw))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.arrived.release()
        try:
            await self.hold.wait()
            way = self.ways.pop(0) if len(self.ways) > 1 else self.ways[0]
            await self._go(way, head, reader, writer)
        finally:
            self.at_once -= 1

    async def _go(self, way: int | str, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        more = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        if way == "hang":
            await reader.read()  # until the caller has had enough
        elif way == "reset":
            writer.transport.abort()
        elif way == "garbage":
            writer.write(b"220 mail.example.com ESMTP\r\n")
        elif way == "huge":
            writer.write(f"HTTP/1.1 200 X\r\nContent-Length: {HUGE_BYTES}\r\n\r\n".encode())
            for _ in range(HUGE_BYTES // 65_536):
                writer.write(b"x" * 65_536)
                await writer.drain()
        elif way in {"short", "drip"}:
            writer.write(b"HTTP/1.1 200 X\r\nContent-Length: 999\r\n\r\ntaken")
            await writer.drain()
            if way == "drip":
                await reader.read()
        elif way == "echo":
            said = head.encode()
            writer.write(f"HTTP/1.1 200 X\r\nContent-Length: {len(said)}\r\n\r\n".encode() + said)
        else:
            writer.write(f"HTTP/1.1 {way} X\r\n{more}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())


@asynccontextmanager
async def fickle_target() -> AsyncIterator[FickleTarget]:
    """A receiver that runs."""
    target = FickleTarget()
    async with await asyncio.start_server(target.answer, "localhost", 0) as server:
        target.port = server.sockets[0].getsockname()[1]
        yield target
