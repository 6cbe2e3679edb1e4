"""Bounds on what a connection may cost: how many there are, how long one may take to say what it wants, how much it may say.

uvicorn alone waits for ever for a request that was begun, and for one that never begins.
"""

from __future__ import annotations

import asyncio
import resource
from http import HTTPStatus
from typing import ClassVar

from msgspec import Struct
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_LIMIT_BYTES = 64 * 1024
SLOWEST_BYTES_PER_SECOND = 1_000
"""A body may take longer than a head, as long as it comes at least this fast."""
PARTING_SECONDS = 2.0
SPARE_FILES = 256
"""Files that the program needs besides connections."""


class Bounds(Struct, frozen=True):
    """What is allowed. ``connections``: how many there may be at once; further ones are closed.

    ``seconds``: how long a client may take for the head of a request, for its body besides the time of its bytes, and to
    take in what it is sent.
    """

    seconds: float
    connections: int


def raise_file_limit(connections: int) -> int:
    """How many connections this process can hold, at most ``connections``, after raising its limit of open files for them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return connections if soft == resource.RLIM_INFINITY else max(1, min(connections, soft - SPARE_FILES))


def bounded_protocol(bounds: Bounds) -> type[BoundedProtocol]:
    """The protocol for uvicorn, which makes one for each connection."""
    return type("ServerProtocol", (BoundedProtocol,), {"bounds": bounds})


class BoundedProtocol(HttpToolsProtocol):
    """One connection. It is in the head of a request, in its body, or, when neither, it is our turn."""

    bounds: ClassVar[Bounds]

    _began = 0.0
    _taken_bytes = 0
    _is_in_head = True
    _is_our_turn = False
    _reading: asyncio.TimerHandle | None = None
    _writing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Refuse a connection too many without a word: an answer would cost what there is too little of."""
        super().connection_made(transport)
        if len(self.connections) > self.bounds.connections:
            transport.abort()
        else:
            self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timers."""
        self._stop_reading()
        self._stop_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes; the time of a request begins with its first byte."""
        if self._is_our_turn:
            self._begin()
        self._taken_bytes += len(data)
        super().data_received(data)
        if self._is_in_head and self._taken_bytes > HEAD_LIMIT_BYTES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_message_begin(self) -> None:
        """Also within what was received with the request before."""
        super().on_message_begin()
        if self._is_our_turn:
            self._begin()

    def on_headers_complete(self) -> None:
        """The head is there; the body has a time of its own."""
        super().on_headers_complete()
        self._is_in_head = False
        self._began, self._taken_bytes = self.loop.time(), 0

    def on_message_complete(self) -> None:
        """The request is there."""
        super().on_message_complete()
        self._is_our_turn = True
        self._stop_reading()

    def pause_writing(self) -> None:
        """The client does not take in what it is sent: it has a while."""
        super().pause_writing()
        self._stop_writing()
        self._writing = self.loop.call_later(self.bounds.seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """It does again."""
        super().resume_writing()
        self._stop_writing()

    def timeout_keep_alive_handler(self) -> None:
        """An idle connection is closed, also when the client does not take in the rest of its answer."""
        super().timeout_keep_alive_handler()
        self._part()

    def _begin(self) -> None:
        self._is_in_head, self._is_our_turn = True, False
        self._began, self._taken_bytes = self.loop.time(), 0
        self._stop_reading()
        self._reading = self.loop.call_later(self.bounds.seconds, self._look)

    def _look(self) -> None:
        """Whether the request takes too long. What waits for an answer of ours, or that we stopped reading, does not."""
        if self.flow.read_paused or (self._is_in_head and self._is_answering):
            self._began = self.loop.time()
        body_seconds = 0.0 if self._is_in_head else self._taken_bytes / SLOWEST_BYTES_PER_SECOND
        left = self._began + self.bounds.seconds + body_seconds - self.loop.time()
        if left > 0:
            self._reading = self.loop.call_later(left, self._look)
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    @property
    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # None until the first request, whatever uvicorn says
        return cycle is not None and not cycle.response_complete

    def _refuse(self, status: HTTPStatus) -> None:
        self._stop_reading()
        if self.transport.is_closing():
            return
        if not (self._is_answering and self.cycle.response_started):
            line = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            self.transport.write(line.encode())
        self.transport.close()
        self._part()

    def _part(self) -> None:
        self._stop_writing()
        self._writing = self.loop.call_later(PARTING_SECONDS, self.transport.abort)

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _stop_writing(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None
