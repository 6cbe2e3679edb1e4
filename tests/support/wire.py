"""HTTP by hand: bytes that no client library would send."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from msgspec import Struct

from tests.support.opsgenie import create_body

MEBIBYTE = 1 << 20
PATIENCE_SECONDS = 60.0
CREATE = "/v2/deployments"


class Answer(Struct, frozen=True):
    """One answer. ``status`` is 0 when the connection was closed without one."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Wire:
    """One connection that stays open."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    async def send(self, content: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(content)
        await self.writer.drain()

    async def answer(self, seconds: float = PATIENCE_SECONDS) -> Answer:
        """The next answer, also an interim one. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            return await read_answer(self._reader)

    async def is_closed(self, seconds: float = PATIENCE_SECONDS) -> bool:
        """Whether the server ends the connection, with nothing more to say. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            try:
                return not await self._reader.read(1)
            except ConnectionError:
                return True


@asynccontextmanager
async def wire_to(port: int) -> AsyncIterator[Wire]:
    """A connection to a server."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Wire(reader, writer)
    finally:
        writer.transport.abort()


def head(method: str, target: str, headers: Mapping[str, str] | None = None) -> bytes:
    """The head of a request."""
    lines = (f"{name}: {value}" for name, value in (headers or {}).items())
    return "\r\n".join((f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", *lines, "", "")).encode()


async def send(port: int, *parts: bytes, end: bool = False) -> Answer:
    """The answer to bytes on a connection of their own. ``end``: say that nothing more will come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            sending = asyncio.create_task(_write(writer, parts, end=end))
            try:
                return await read_answer(reader)
            finally:
                sending.cancel()
    finally:
        writer.transport.abort()


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """The next answer of a connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    except (asyncio.IncompleteReadError, ConnectionError):
        return Answer(status=0, headers={}, body=b"")
    return Answer(status=int(status.split()[1]), headers=headers, body=body)


def request(key: str, body: bytes = b"", *, method: str = "POST", target: str = CREATE, **headers: str | None) -> bytes:
    """The bytes of a request. ``headers`` are named with underscores; None leaves one out."""
    every: dict[str, str | None] = {
        "Host": "127.0.0.1",
        "Authorization": f"GenieKey {key}",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **{name.replace("_", "-").title(): value for name, value in headers.items()},
    }
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in every.items() if value is not None)]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def body(**changes: Any) -> bytes:
    """A create that is accepted, with ``changes``."""
    return json.dumps(create_body(**changes)).encode()


def check_envelope(answer: Answer, status: int) -> Any:
    """The body of an error of this status, in the API's own form."""
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/json"
    told = answer.json
    assert set(told) <= {"message", "took", "requestId", "errors", "code"}
    assert told["message"]
    assert "Traceback" not in told["message"]
    assert told["took"] > 0
    assert answer.headers["x-request-id"] == told["requestId"]
    return told


async def _write(writer: asyncio.StreamWriter, parts: tuple[bytes, ...], *, end: bool) -> None:
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        if end:
            writer.write_eof()
    except ConnectionError:
        return
