"""Clients that try to make a server hold as much as they can, and the way to each of its buffers."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Mapping
from typing import NamedTuple, cast

from tests.support.wire import head

MEGABYTE = 1 << 20
SMALL_BUFFER_BYTES = 4_096
SENDING_SECONDS = 3.0
TOKEN = "/oauth/token"


class Hoarder(NamedTuple):
    """``content`` is sent at once; ``drop`` again and again, so that the connection is not idle."""

    content: bytes
    drop: bytes = b""
    is_reading: bool = True


def body_held(target: str, size: int, headers: Mapping[str, str] | None = None) -> Hoarder:
    """A body that comes at once, but for its last bytes."""
    return Hoarder(head("POST", target, {"Content-Length": str(size), **(headers or {})}) + b"x" * (size - 100), b"x")


def body_begun(target: str, size: int, sent: int, headers: Mapping[str, str] | None = None) -> Hoarder:
    """The beginning of a body, and a byte of it now and then."""
    return Hoarder(head("POST", target, {"Content-Length": str(size), **(headers or {})}) + b"x" * sent, b"x")


def chunks_held(target: str, size: int) -> Hoarder:
    """A body in chunks of one byte."""
    return Hoarder(head("POST", target, {"Transfer-Encoding": "chunked"}) + b"1\r\nx\r\n" * size, b"1\r\nx\r\n")


def head_held() -> Hoarder:
    """A head of very many headers, without its end."""
    return Hoarder(head("GET", "/healthz")[:-2] + b"a:b\r\n" * 12_000, b"a:b\r\n")


def head_kept() -> Hoarder:
    """A request with a large head that is answered, and then the beginning of another."""
    large = {f"X-{number}": "y" * 500 for number in range(110)}
    return Hoarder(head("GET", "/healthz", large) + b"GET", b"")


def body_of_nobody(target: str, size: int) -> Hoarder:
    """A body that nobody asks for, because the key is wrong."""
    return Hoarder(
        head("POST", target, {"Authorization": "GenieKey wrong", "Content-Length": str(size)}) + b"x" * (size - 100), b"x"
    )


def trailer_held(target: str) -> Hoarder:
    """Headers after a body, without end."""
    return Hoarder(head("POST", target, {"Transfer-Encoding": "chunked"}) + b"0\r\n" + b"a:b\r\n" * 50_000, b"a:b\r\n")


def extension_held(target: str) -> Hoarder:
    """A chunk whose beginning does not end."""
    return Hoarder(head("POST", target, {"Transfer-Encoding": "chunked"}) + b"1;" + b"e" * MEGABYTE, b"e")


def requests_ahead(target: str, headers: Mapping[str, str] | None = None) -> Hoarder:
    """Requests without a look at their answers."""
    return Hoarder(head("GET", target, headers) * 4_000, b"", is_reading=False)


def list_hoarders(webhook: str, key: str) -> list[Hoarder]:
    """One of each kind. ``webhook`` is the target of a Jenkins connection, ``key`` one of the Opsgenie API."""
    known = {"Authorization": f"GenieKey {key}"}
    return [
        body_held(webhook, 10 * MEGABYTE - 1_000),
        body_held(webhook, 256 * 1024),
        body_held(TOKEN, 64 * 1024),
        body_held(TOKEN, 8 * 1024),
        body_held("/v2/deployments", MEGABYTE, known),
        chunks_held(webhook, 20_000),
        head_held(),
        head_kept(),
        body_of_nobody("/v2/deployments", 300_000),
        trailer_held(TOKEN),
        extension_held(TOKEN),
        requests_ahead("/healthz"),
        requests_ahead("/ledger/openapi.json"),
        requests_ahead("/static/vendor/htmx.min.js"),
        requests_ahead("/v1/services?limit=100", known),
    ]


def bodies_of_strangers(webhook: str) -> list[Hoarder]:
    """As much as is read of somebody who has proven nothing."""
    return [body_begun(webhook, 256 * 1024, 250 * 1024), body_begun(TOKEN, 8 * 1024, 8_000)]


def bodies_with_a_key(key: str) -> list[Hoarder]:
    """A large body of somebody who is known."""
    return [body_begun("/v2/deployments", MEGABYTE, 64 * 1024, {"Authorization": f"GenieKey {key}"})]


async def hoard(
    port: int, hoarder: Hoarder, *, until: asyncio.Event, has_sent: Callable[[], None], seconds_between: float = 0.5
) -> None:
    """Send it all, call ``has_sent`` as soon as that is done or the server takes no more, and go on until told to stop."""
    with contextlib.suppress(OSError):
        reader, writer = await _connect(port, hoarder)
        try:
            await _send(writer, hoarder.content)
            has_sent()
            watching = asyncio.create_task(reader.read(1) if not hoarder.is_reading else reader.read())
            while not until.is_set() and not (hoarder.is_reading and watching.done()):
                writer.write(hoarder.drop)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(seconds_between):
                        await until.wait()
            watching.cancel()
        finally:
            writer.transport.abort()
        return
    has_sent()


async def _connect(port: int, hoarder: Hoarder) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    connection = socket.socket()
    if not hoarder.is_reading:  # or the kernel would take in what the server sends
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER_BYTES)
    connection.setblocking(False)
    await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=connection, limit=SMALL_BUFFER_BYTES)
    if not hoarder.is_reading:
        cast("asyncio.Transport", writer.transport).pause_reading()
    return reader, writer


async def _send(writer: asyncio.StreamWriter, content: bytes) -> None:
    """Give up after a while: a server that takes no more holds no more."""
    with contextlib.suppress(TimeoutError, OSError):
        async with asyncio.timeout(SENDING_SECONDS):
            for start in range(0, len(content), 65_536):
                writer.write(content[start : start + 65_536])
                await writer.drain()
