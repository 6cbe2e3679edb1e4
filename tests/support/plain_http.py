"""HTTP without TLS, as tests speak it with a server on this machine."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from functools import cache
from http.client import HTTPConnection, HTTPException

import httpx2

LONGEST_HEAD = 1 << 20
NO_BODY = frozenset({204, 304})


@cache
def no_certificates() -> ssl.SSLContext:
    """Trust in nobody, for a client that calls no https: reading the machine's certificates takes longer than most tests."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class PlainClient:
    """For thousands of requests, with which httpx takes twice as long as the server. It knows no redirects and no cookies."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def request(
        self, method: str, target: str, *, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        """The answer to a request, over whichever connection is free."""
        if self._idle:
            reader, writer = self._idle.pop()
        else:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=LONGEST_HEAD)
        try:
            sent = {"Host": f"127.0.0.1:{self._port}", "Content-Length": str(len(content or b"")), **(headers or {})}
            lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items()), "", ""]
            writer.write("\r\n".join(lines).encode() + (content or b""))
            answer = await _read_answer(reader, method)
        except BaseException:
            writer.close()
            raise
        if answer.headers.get("Connection") == "close":
            writer.close()
        else:
            self._idle.append((reader, writer))
        return answer

    def close(self) -> None:
        """Close all connections."""
        for _, writer in self._idle:
            writer.close()


@asynccontextmanager
async def plain_client(port: int) -> AsyncIterator[PlainClient]:
    """A client of the server on this port."""
    client = PlainClient(port)
    try:
        yield client
    finally:
        client.close()


async def _read_answer(reader: asyncio.StreamReader, method: str) -> httpx2.Response:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    status = int(first.split(" ")[1])
    headers = httpx2.Headers([(name, value) for name, _, value in (line.partition(": ") for line in lines)])
    if method == "HEAD" or status in NO_BODY:
        body = b""
    elif headers.get("Transfer-Encoding") == "chunked":
        body = await _read_chunks(reader)
    else:
        body = await reader.readexactly(int(headers["Content-Length"]))
    return httpx2.Response(status, headers=headers, content=body)


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return body


class PlainCaller:
    """The same for a test that waits for each answer."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def request(
        self, method: str, target: str, *, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        """The answer to a request, which is sent again if the server had closed the idle connection."""
        try:
            return self._request(method, target, content, headers or {})
        except (HTTPException, ConnectionError):
            self._connection.close()
            return self._request(method, target, content, headers or {})

    def _request(self, method: str, target: str, content: bytes | None, headers: Mapping[str, str]) -> httpx2.Response:
        self._connection.request(method, target, content, dict(headers))
        answer = self._connection.getresponse()
        return httpx2.Response(answer.status, headers=answer.getheaders(), content=answer.read())

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@contextmanager
def plain_caller(port: int) -> Iterator[PlainCaller]:
    """A caller of the server on this port."""
    with closing(PlainCaller(port)) as caller:
        yield caller
