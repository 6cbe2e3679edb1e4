"""A way to a PostgreSQL server that can be cut just when a commit is under way."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

CHUNK_BYTES = 65_536
COMMITS = (b"COMMIT;", b'"opsgenie","create"')
"""What commits: the end of a transaction, and the rows of receipts, whose statement is a transaction of its own."""


class CuttingProxy:
    """Passes everything on, until it is told to cut. It cuts once: the next connection passes again, unless it ``is_away``."""

    def __init__(self, port: int) -> None:
        self.port = 0
        self.cuts = 0
        self.is_away = False
        self._is_away_then = False
        self._server_port = port
        self._cuts_before: bool | None = None
        self._open: set[asyncio.StreamWriter] = set()

    def cut_before_commit(self) -> None:
        """The next commit does not reach the server."""
        self._cuts_before = True

    def cut_after_commit(self) -> None:
        """The next commit reaches the server, and its answer does not come back."""
        self._cuts_before = False

    def go_away_after_commit(self) -> None:
        """The same, and from then on nothing passes, until ``is_away`` is taken back."""
        self._cuts_before, self._is_away_then = False, True

    def go_away(self) -> None:
        """Cut every connection now, and let nothing pass until ``is_away`` is taken back."""
        self.is_away = True
        for writer in self._open:
            writer.transport.abort()

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        if self.is_away:
            writer.close()
            return
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        self._open |= {writer, server_writer}
        answers = asyncio.create_task(self._pass_answers(server_reader, writer))
        with contextlib.suppress(ConnectionError):
            while chunk := await reader.read(CHUNK_BYTES):
                if self._cuts_before is not None and any(commit in chunk for commit in COMMITS):
                    await self._cut(chunk, server_reader, server_writer, answers)
                    break
                server_writer.write(chunk)
                await server_writer.drain()
        for end in (server_writer, writer):
            self._open.discard(end)
            end.close()
            with contextlib.suppress(ConnectionError):
                await end.wait_closed()
        answers.cancel()

    async def _cut(
        self,
        chunk: bytes,
        server_reader: asyncio.StreamReader,
        server_writer: asyncio.StreamWriter,
        answers: asyncio.Task[None],
    ) -> None:
        cuts_before, self._cuts_before = self._cuts_before, None
        self.cuts += 1
        self.is_away, self._is_away_then = self._is_away_then, False
        if cuts_before:
            return
        answers.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await answers
        server_writer.write(chunk)
        await server_writer.drain()
        await server_reader.read(CHUNK_BYTES)  # it is committed when the server says so

    async def _pass_answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while chunk := await reader.read(CHUNK_BYTES):
                writer.write(chunk)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def cutting_proxy(port: int) -> AsyncIterator[CuttingProxy]:
    """A proxy in front of ``port``."""
    proxy = CuttingProxy(port)
    server = await asyncio.start_server(proxy.pass_on, "127.0.0.1", 0)
    async with server:
        proxy.port = server.sockets[0].getsockname()[1]
        yield proxy
