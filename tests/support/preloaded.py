"""The program with all its modules imported, which forks a process of it for whoever asks over a socket.

Run as ``python -m tests.support.preloaded DESCRIPTOR``. To import the program takes most of a second, and tests start it
hundreds of times. What is asked for is JSON with ``arguments``, ``environment``, ``folder`` and ``code``, which runs instead of
the program unless it is empty. With it come descriptors: input, output, errors, and a socket that tells the id of the process,
and how it ended.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import struct
import sys
import time

import shipledger
from shipledger.cli.main import run
from shipledger.store.statements import load_statements

NUMBER = struct.Struct("i")
LONGEST_BYTES = 1 << 20


def import_all() -> None:
    """Import whatever a command or a server may import while it runs, and read the statements of both stores."""
    for module in pkgutil.walk_packages(shipledger.__path__, "shipledger."):
        if not module.name.startswith("shipledger.store.migrations") and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for module_name in ("uvloop", "asyncpg", "uvicorn.protocols.http.httptools_impl", "rich.table", "typer._adapters"):
        importlib.import_module(module_name)
    load_statements("sqlite")
    load_statements("postgres")
    gc.collect()
    gc.freeze()  # to look through it for garbage, each process would copy it


def serve(asked: socket.socket) -> dict[str, object]:
    """Fork for each request; in the new process, what was asked for. Exits once nobody can ask any more."""
    woken, wakes = socket.socketpair()
    for end in (woken, wakes):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes.fileno())
    told: dict[int, socket.socket] = {}
    while True:
        ready, _, _ = select.select([asked, woken], [], [])
        if woken in ready:
            woken.recv(4096)
            _tell_ends(told)
        if asked in ready:
            text, descriptors, _, _ = socket.recv_fds(asked, LONGEST_BYTES, 4)
            if not text:
                sys.exit(0)
            process = os.fork()
            if not process:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for number, descriptor in enumerate(descriptors[:3]):
                    os.dup2(descriptor, number)
                for one in (asked, woken, wakes, *told.values()):
                    one.close()
                os.closerange(3, max(descriptors) + 1)
                wanted: dict[str, object] = json.loads(text)
                return wanted
            for descriptor in descriptors[:3]:
                os.close(descriptor)
            told[process] = socket.socket(fileno=descriptors[3])
            told[process].send(NUMBER.pack(process))


def _tell_ends(told: dict[int, socket.socket]) -> None:
    while told:
        process, status = os.waitpid(-1, os.WNOHANG)
        if not process:
            return
        with told.pop(process) as listener:
            try:
                listener.send(NUMBER.pack(status))
            except OSError:
                continue  # whoever started it is gone


if __name__ == "__main__":
    import_all()
    request = serve(socket.socket(fileno=int(sys.argv[1])))
    os.environ.clear()
    os.environ.update(request["environment"])  # type: ignore[call-overload]  # as sent
    time.tzset()
    os.chdir(str(request["folder"]))
    sys.argv = ["shipledger", *request["arguments"]]  # type: ignore[misc]  # as sent
    if request["code"]:
        exec(str(request["code"]), {"__name__": "__main__"})  # noqa: S102  written by tests
    else:
        run()
