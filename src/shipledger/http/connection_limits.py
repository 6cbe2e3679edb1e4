"""Limits on connections: their number, the time to send a request, and the amount of data.

uvicorn alone waits forever for requests that were started or never start; it reads pipelined requests
ahead, and keeps a request until the connection sends another.
"""

from __future__ import annotations

import asyncio
import resource
import socket
from http import HTTPStatus
from typing import ClassVar

from httptools import HttpParserError, HttpParserUpgrade
from msgspec import Struct
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from shipledger.errors import Unavailable
from shipledger.http.body import DRAIN_LIMIT_BYTES
from shipledger.http.budget import HEADS, RETRY_AFTER_SECONDS, Account, BodyTooLarge, Budget
from shipledger.http.pace import Pace
from shipledger.http.sending import keep_abort

HEAD_LIMIT_BYTES = 64 * 1024
HEADERS_LIMIT = 128
HEADER_BYTES = 256
"""Memory of a header besides its text."""
FREE_HEAD_BYTES = 8 * 1024
"""Heads up to this size are not counted: they arrive at once, and every connection may have one."""
WAITING_LIMIT = 8
WAITING_BYTES = 4 * 1024
"""Maximum number of pipelined requests, and the memory of one besides its text."""
KERNEL_BYTES = 128 * 1024
"""What the kernel may hold of each direction of a connection; by itself it goes up to some megabytes. It is enough for a
megabyte a second to a client that is a tenth of a second away."""
PARTING_SECONDS = 2.0
SPARE_FILES = 256
"""Open files needed besides connections."""


class Bounds(Struct, frozen=True):
    """What is allowed. ``connections``: how many there may be at once; further ones are closed.

    ``seconds``: how long a client may take for the head of a request, and to take in what it is sent.
    """

    seconds: float
    connections: int


def raise_file_limit(connections: int) -> int:
    """The number of connections this process can hold, at most ``connections``, after raising its limit of open files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return connections if soft == resource.RLIM_INFINITY else max(1, min(connections, soft - SPARE_FILES))


def bound_buffers(listener: socket.socket) -> None:
    """Limit the kernel buffers of each connection that ``listener`` accepts."""
    for direction in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        listener.setsockopt(socket.SOL_SOCKET, direction, KERNEL_BYTES)


class BoundedProtocol(HttpToolsProtocol):
    """One connection. It is in the head of a request, in its body, or, when neither, it is our turn."""

    bounds: ClassVar[Bounds]
    budget: ClassVar[Budget]

    _is_in_head = True
    _is_our_turn = False
    _is_deaf = False
    """Whether further input is dropped: the connection ends after the pending answers."""
    _fault = HTTPStatus.BAD_REQUEST
    """Why reading ended."""
    _taken_bytes = 0
    _silent_bytes = 0
    _pace: Pace
    _account: Account
    _running: RequestResponseCycle | None = None
    _heads: list[int]
    """What the heads of the requests take that are not answered."""
    _reading: asyncio.TimerHandle | None = None
    _writing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Refuse an excess connection without an answer, which would cost the scarce resource."""
        super().connection_made(transport)
        self._account, self._heads = self.budget.open_account(HEADS), []
        if len(self.connections) > self.bounds.connections:
            transport.abort()
            return
        transport.set_write_buffer_limits(high=0)
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timers and release everything held."""
        self._stop_reading()
        self._stop_writing()
        self._account.close()
        super().connection_lost(exc)
        self.pipeline.clear()  # what is never answered would hold this connection, and be held by it

    def data_received(self, data: bytes) -> None:
        """Count what comes; the time of a request begins with its first byte."""
        if self._is_deaf:
            return
        if self._is_our_turn:
            self._begin()
        self._taken_bytes += len(data)
        self._silent_bytes += len(data)
        if not self._is_in_head:
            self._pace.note(len(data), self.loop.time())
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade:
            """Clients that offer another protocol, such as Java's, are answered in this one."""
        except HttpParserError:
            self._end_reading()
        self._look_at_size()

    def on_message_begin(self) -> None:
        """Also within what was received with the request before."""
        if len(self.pipeline) >= WAITING_LIMIT:
            self._give_up(HTTPStatus.TOO_MANY_REQUESTS)
        super().on_message_begin()
        if self._is_our_turn:
            self._begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take the headers of a head, of which there may be so many. What is sent like them after a body is dropped."""
        self._silent_bytes = 0
        if not self._is_in_head:
            return
        if len(self.headers) >= HEADERS_LIMIT:
            self._give_up(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is there, and is held until its request is answered; the body has a time of its own."""
        cost = _cost_of(self.url, self.headers)
        try:
            self._account.hold(self._held_bytes + cost)
        except (BodyTooLarge, Unavailable):
            self._give_up(HTTPStatus.SERVICE_UNAVAILABLE)
        keep_abort(self.scope, self.transport.abort)  # type: ignore[arg-type]  # uvicorn has its own type for a scope
        super().on_headers_complete()
        self._heads.append(cost)
        self._is_in_head = False
        self._taken_bytes = self._silent_bytes = 0
        self._pace = self.budget.new_pace(self.loop.time() + PARTING_SECONDS)

    def on_chunk_header(self) -> None:
        """A chunk of a body begins."""
        self._silent_bytes = 0

    def on_body(self, body: bytes) -> None:
        """Take no more of a body before somebody asks for it: what nobody asks for is not held."""
        self._silent_bytes = 0
        super().on_body(body)
        if not self.cycle.response_complete:
            self.flow.pause_reading()

    def on_message_complete(self) -> None:
        """The request is there. One that was answered before it was is over now, which uvicorn does not notice."""
        super().on_message_complete()
        self._is_our_turn = True
        self._stop_reading()
        if not self._is_answering:
            self._unset_keepalive_if_required()
            self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def on_response_complete(self) -> None:
        """Let go of the request: an idle connection holds nothing."""
        answered = self._running
        self._heads.pop(0)
        super().on_response_complete()
        if answered is not None:
            answered.body = bytearray()
            answered.scope = {"type": "http", "method": answered.scope["method"]}  # type: ignore[typeddict-item]  # all it still looks at
        if not self._is_in_head and not self.pipeline:
            self.url, self.headers, self.scope = b"", [], {}  # type: ignore[typeddict-item]  # made anew by the next request
        self._look_at_size()

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

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _begin(self) -> None:
        self._is_in_head, self._is_our_turn = True, False
        self._taken_bytes = self._silent_bytes = 0
        self._pace = self.budget.new_pace(self.loop.time())
        self._stop_reading()
        self._reading = self.loop.call_later(self.bounds.seconds, self._look_at_time)

    def _look_at_time(self) -> None:
        """Whether the request takes too long. What waits for an answer of ours, or that we stopped reading, does not."""
        now = self.loop.time()
        if self.flow.read_paused or (self._is_in_head and self._is_answering):
            self._pace.rest(now)
        if self._pace.ends_at > now:
            self._reading = self.loop.call_later(self._pace.ends_at - now, self._look_at_time)
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    def _look_at_size(self) -> None:
        """Hold what has come and is not answered, and refuse what is too much."""
        if self._is_deaf or self.transport.is_closing():
            return
        if self._is_in_head and self._taken_bytes > HEAD_LIMIT_BYTES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._silent_bytes > HEAD_LIMIT_BYTES:
            self._refuse(HTTPStatus.BAD_REQUEST)
        elif not self._is_in_head and not self._is_answering and self._taken_bytes > DRAIN_LIMIT_BYTES:
            self.transport.abort()
        else:
            head = self._taken_bytes + HEADER_BYTES * len(self.headers or ()) if self._is_in_head else 0
            try:
                self._account.hold(self._held_bytes + max(0, head - FREE_HEAD_BYTES))
            except (BodyTooLarge, Unavailable):
                self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)

    @property
    def _held_bytes(self) -> int:
        """What is held of requests whose heads are complete."""
        held = sum(self._heads)
        if self.pipeline:
            held += sum(WAITING_BYTES + len(cycle.body) for cycle, _ in self.pipeline)
        return held

    @property
    def _is_answering(self) -> bool:
        return self._running is not None and not self._running.response_complete

    def _give_up(self, status: HTTPStatus) -> None:
        """End the parser, from one of its callbacks."""
        self._fault = status
        raise _Refused

    def _end_reading(self) -> None:
        """Refuse invalid or excessive input after answering the requests before it."""
        if self._is_answering and not (self._running is self.cycle and self.cycle.more_body):
            self._end_with_answers()
        else:
            self._refuse(self._fault)

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer instead of the application and close, after answering earlier requests."""
        self._stop_reading()
        if self.transport.is_closing():
            return
        if self._is_answering and (self._is_in_head or self._running is not self.cycle):
            self._end_with_answers()
            return
        if self._is_in_head or (self._is_answering and not self.cycle.response_started):
            wait = f"Retry-After: {RETRY_AFTER_SECONDS}\r\n" if status is HTTPStatus.SERVICE_UNAVAILABLE else ""
            line = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Length: 0\r\n{wait}Connection: close\r\n\r\n"
            self.transport.write(line.encode())
        if self._running is not None and self._is_answering:
            self._running.disconnected = True
            self._running.message_event.set()
        # A connection that is closed while more comes is reset, and its client may not see the answer.
        self._hear_nothing()
        self.transport.write_eof()
        self._part()

    def _hear_nothing(self) -> None:
        """Drop what comes from now on."""
        self._is_deaf = True
        self._account.close()
        self._stop_reading()
        self._unset_keepalive_if_required()
        self.flow.resume_reading()

    def _end_with_answers(self) -> None:
        """Stop reading, and close after answering the complete requests."""
        self._hear_nothing()
        if self.pipeline and self.pipeline[0][0].more_body:
            self.pipeline.popleft()
        last = self.pipeline[0][0] if self.pipeline else self._running
        if last is not None:
            last.keep_alive = False

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


def _cost_of(url: bytes, headers: list[tuple[bytes, bytes]]) -> int:
    """What a head takes in memory, beyond what is free."""
    text = len(url) + sum(len(name) + len(value) for name, value in headers)
    return max(0, text + HEADER_BYTES * len(headers) - FREE_HEAD_BYTES)


class _Refused(Exception):
    """What the parser reads is not wanted."""
