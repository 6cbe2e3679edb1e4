"""A way to a PostgreSQL server on which every packet takes its time, and tables that nobody can use for a while."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg

CHUNK_BYTES = 65_536


class SlowLink:
    """Passes on what comes, in order, each piece after the seconds that ``delay`` gives."""

    def __init__(self, port: int, delay: Callable[[], float]) -> None:
        self.port = 0
        self.delay = delay
        self._server_port = port

    def rewrite(self, url: str) -> str:
        """The address of a database by this way."""
        return url.replace(f":{self._server_port}/", f":{self.port}/")

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        except OSError:
            writer.close()
            return
        ways = [asyncio.ensure_future(one) for one in (self._pass(reader, server_writer), self._pass(server_reader, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            for end in (server_writer, writer):
                end.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while chunk := await reader.read(CHUNK_BYTES):
                await asyncio.sleep(self.delay())
                writer.write(chunk)
                await writer.drain()


@asynccontextmanager
async def locked_table(database_url: str, table: str) -> AsyncIterator[None]:
    """Nobody reads or writes a table meanwhile."""
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            await connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()


@asynccontextmanager
async def slow_link(port: int, delay: Callable[[], float]) -> AsyncIterator[SlowLink]:
    """A slow way to ``port`` of this machine."""
    link = SlowLink(port, delay)
    server = await asyncio.start_server(link.pass_on, "127.0.0.1", 0)
    async with server:
        link.port = server.sockets[0].getsockname()[1]
        yield link
