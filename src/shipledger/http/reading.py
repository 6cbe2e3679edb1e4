"""Read from connections in small pieces."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from shipledger.http.budget import Budget
from shipledger.http.connection_limits import BoundedProtocol, Bounds

PIECE_BYTES = 16 * 1024
"""Bytes read from a connection at once. By default the event loop would read up to 250 KB, needed or not."""

CROWD = 1_000
CROWD_PIECE_BYTES = 4 * 1024
"""With more connections than this, less is read at once, because each may hold an uncounted piece."""


class PieceReader(asyncio.BufferedProtocol):
    """A connection to the event loop, which hands on what comes, in small pieces. All connections share one buffer."""

    protocol: ClassVar[type[BoundedProtocol]]
    buffer: ClassVar[memoryview]

    def __init__(self, **given: Any) -> None:
        """``given``: what uvicorn gives a protocol."""
        inner = self.protocol(**given)
        self.connection_made = inner.connection_made  # type: ignore[method-assign,assignment]  # as uvicorn's
        self.connection_lost = inner.connection_lost  # type: ignore[method-assign]
        self.pause_writing = inner.pause_writing  # type: ignore[method-assign]
        self.resume_writing = inner.resume_writing  # type: ignore[method-assign]
        self.eof_received = inner.eof_received  # type: ignore[method-assign]
        self._take = inner.data_received
        self._connections = inner.connections

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002  as the event loop calls it
        """Where the next piece goes."""
        return self.buffer if len(self._connections) <= CROWD else self.buffer[:CROWD_PIECE_BYTES]

    def buffer_updated(self, nbytes: int) -> None:
        """A piece was received."""
        self._take(bytes(self.buffer[:nbytes]))


def bounded_protocol(bounds: Bounds, budget: Budget) -> type[PieceReader]:
    """The protocol for uvicorn, which makes one for each connection."""
    inner = type("ServerProtocol", (BoundedProtocol,), {"bounds": bounds, "budget": budget})
    return type("ServerReader", (PieceReader,), {"protocol": inner, "buffer": memoryview(bytearray(PIECE_BYTES))})
