"""Run the program as a service: listen, announce the address, and stop gracefully."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator

import structlog
import uvicorn

from shipledger.app import build
from shipledger.errors import Unavailable
from shipledger.http.connection_limits import Bounds, bound_buffers, raise_file_limit
from shipledger.http.memory import give_back_memory, keep_large_blocks_apart
from shipledger.http.reading import bounded_protocol
from shipledger.lifecycle import App
from shipledger.reasons import number_of, reason_of
from shipledger.settings import Settings
from shipledger.store.server_lock import server_lock

BACKLOG = 2048
STARTED_BY = "SHIPLEDGER_STARTED_BY"
"""The variable in which the Makefile says what was typed, since options go another way there."""

_FIRST_OPEN_PORT, _LAST_PORT, _PORTS_TRIED = 1023, 65535, 200
FAREWELL_SECONDS = 0.3
"""How long a stopping server keeps answering. A client whose idle connection is closed while it sends cannot tell
whether its request was accepted; one that is told to close with its last answer can."""

YOUNG_OBJECTS = 20_000
"""Number of objects between cyclic garbage collections. The default is 700, and under load up
to a fifth of the CPU time went into them. Requests create no cycles, so their memory is freed without it."""

SWITCH_SECONDS = 0.001
"""How long a thread that writes a page may keep the interpreter from the event loop. With Python's default of 5 ms, the loop ran
half as often beside one, and each step of a create waited."""

log = structlog.get_logger(__name__)


async def serve(settings: Settings, *, announce: Callable[[str, bool], None]) -> None:
    """Serve until SIGTERM or SIGINT. ``announce`` gets the URL once requests are served, and whether there are accounts.

    Raises Unavailable, and Conflict if another server serves the same file. On the signal, new writes are refused with
    503, running requests are finished, then connections are closed. A second signal stops at once; acknowledged
    writes are durable in any case. A node that lost its work to others while it hung stops in the same way.
    """
    with server_lock(settings.database_url, creates=True):
        await _serve(settings, announce)


async def _serve(settings: Settings, announce: Callable[[str, bool], None]) -> None:
    app = await build(settings)
    try:
        listener = _listen(settings)
        await app.start()
        has_accounts = await app.store.has_persons()
    except BaseException:
        await app.store.close()
        raise
    sys.setswitchinterval(SWITCH_SECONDS)
    _spare_collector()
    keep_large_blocks_apart()
    server = _Server(app, on_started=lambda: announce(_url_of(listener), has_accounts))
    stopping = _catch_signals(server)
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="http")
    giving_back = asyncio.create_task(give_back_memory(), name="memory")
    try:
        reasons_to_stop = (serving, *(asyncio.create_task(event.wait()) for event in (stopping, app.roster.struck_off)))
        await asyncio.wait(reasons_to_stop, return_when=asyncio.FIRST_COMPLETED)
        log.info("Stopping: refusing new writes, finishing running requests.")
        app.refuse_writes()
        await asyncio.sleep(FAREWELL_SECONDS)
        await app.dispatcher.stop(settings.shutdown_grace_seconds)
    finally:
        server.should_exit = True
        await serving
        giving_back.cancel()
        await app.stop()
        log.info("Stopped.")
    if app.roster.struck_off.is_set():
        raise Unavailable("node_struck_off", "This server hung for so long that other nodes took over its work; start it again.")


class _Server(uvicorn.Server):
    """uvicorn with a start callback and without its signal handlers, which would not let us refuse new work first."""

    def __init__(self, app: App, *, on_started: Callable[[], None]) -> None:
        settings = app.settings
        bounds = Bounds(seconds=settings.request_timeout_seconds, connections=raise_file_limit(settings.connection_limit))
        super().__init__(
            uvicorn.Config(
                app.asgi,
                lifespan="off",
                ws="none",
                http=bounded_protocol(bounds, app.budget),  # type: ignore[arg-type]  # whatever the event loop takes will do
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=max(1, round(settings.shutdown_grace_seconds)),
            )
        )
        self._on_started = on_started

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_started()


def _spare_collector() -> None:
    """Exclude long-lived objects from cyclic garbage collection, and run it less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])


def _catch_signals(server: _Server) -> asyncio.Event:
    """Set on the first SIGTERM or SIGINT; the second one stops without waiting."""
    stopping = asyncio.Event()

    def stop() -> None:
        server.force_exit = stopping.is_set()
        stopping.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop)
    return stopping


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise Unavailable(
            "address",
            f"Cannot listen on {settings.host} port {settings.port}: {reason_of(error)}. {_advise(settings, error)}",
        ) from None
    bound_buffers(listener)
    listener.listen(BACKLOG)
    listener.setblocking(False)  # noqa: FBT003  positional-only
    return listener


def _advise(settings: Settings, error: OSError) -> str:
    """What to do where the address cannot be had."""
    if number_of(error) not in (errno.EADDRINUSE, errno.EACCES):
        return "Choose another address with --host."
    option = f"--port {_find_free_port(settings)}"
    started_by = os.environ.get(STARTED_BY)
    return f"Use another port: {started_by} ARGS='{option}'" if started_by else f"Use another port: add {option}"


def _find_free_port(settings: Settings) -> int:
    """One of the next ports that is free; 0, for any, where none is."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    for port in range(max(settings.port, _FIRST_OPEN_PORT) + 1, min(settings.port + _PORTS_TRIED, _LAST_PORT)):
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as one:
            one.bind((settings.host, port))
            return port
    return 0


def _url_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
