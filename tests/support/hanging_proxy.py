"""A way to a PostgreSQL server on which what concerns one organization hangs, as with a Citus whose worker was stopped."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

CHUNK_BYTES = 65_536
CANCEL = (80877102).to_bytes(4, "big")
"""What a connection begins with that asks to cancel what another one does."""


class HangingProxy:
    """Passes everything on, but for connections over which an organization is asked for that hangs, and wishes to cancel.

    Nothing passes over these any more, in either direction, until the organization ``goes_on``: then the server gets what was
    sent, though who sent it may be gone.
    """

    def __init__(self, port: int) -> None:
        self.port = 0
        self.hung = 0
        """How many connections hang or did, without those that wish to cancel."""
        self._server_port = port
        self._hanging: tuple[bytes, ...] = ()
        self._goes_on = asyncio.Event()

    def hang(self, *words: str) -> None:
        """From now on a connection hangs that sends one of these words, such as the id of an organization."""
        self._hanging = tuple(word.encode() for word in words)
        self._goes_on.clear()

    def go_on(self) -> None:
        """All passes again."""
        self._hanging = ()
        self._goes_on.set()

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        free = asyncio.Event()
        free.set()
        answers = asyncio.create_task(_pass(server_reader, writer, free))
        try:
            with contextlib.suppress(ConnectionError):
                while chunk := await reader.read(CHUNK_BYTES):
                    await self._hold(chunk, free)
                    server_writer.write(chunk)
                    await server_writer.drain()
                server_writer.write_eof()
            await answers
        finally:
            answers.cancel()
            for end in (server_writer, writer):
                end.transport.abort()

    async def _hold(self, chunk: bytes, free: asyncio.Event) -> None:
        is_cancel = chunk[4:8] == CANCEL
        if self._hanging and (is_cancel or any(word in chunk for word in self._hanging)):
            self.hung += not is_cancel
            free.clear()
            await self._goes_on.wait()
            free.set()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, free: asyncio.Event) -> None:
    """Pass on what comes, while ``free``. What nobody takes any more is thrown away."""
    with contextlib.suppress(ConnectionError):
        while chunk := await reader.read(CHUNK_BYTES):
            await free.wait()
            with contextlib.suppress(ConnectionError):
                writer.write(chunk)
                await writer.drain()
    writer.close()


@asynccontextmanager
async def hanging_proxy(port: int) -> AsyncIterator[HangingProxy]:
    """A proxy in front of ``port``."""
    proxy = HangingProxy(port)
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await proxy.pass_on(reader, writer)
        finally:
            serving.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        proxy.port = server.sockets[0].getsockname()[1]
        yield proxy
    finally:
        proxy.go_on()
        server.close()
        for task in tuple(serving):
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
