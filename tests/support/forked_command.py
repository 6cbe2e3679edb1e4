"""``shipledger`` as a command of scripts, which is forked from the process that has imported the program.

The scripts of the documentation start it dozens of times, and each start imports it for a second.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.forking import fork_for
from tests.support.preloaded import LONGEST_BYTES, NUMBER

COMMAND = """\
#!{python} -IS
import json, os, socket, sys
asked = {{"arguments": sys.argv[1:], "environment": dict(os.environ), "folder": os.getcwd()}}
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as told:
    told.connect({place!r})
    socket.send_fds(told, [json.dumps(asked).encode()], [0, 1, 2])
    code = int.from_bytes(told.recv(4), sys.byteorder, signed=True)
sys.exit(code if code >= 0 else 128 - code)
"""
"""What a shell starts: it hands over its input, output and errors, and ends as the program ends."""


@contextmanager
def forked_command() -> Iterator[Path]:
    """A folder for PATH that has the command."""
    with tempfile.TemporaryDirectory(prefix="forks-") as folder, socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        place = Path(folder) / "socket"
        listener.bind(str(place))
        listener.listen()
        command = Path(folder) / "shipledger"
        command.write_text(COMMAND.format(python=sys.executable, place=str(place)))
        command.chmod(0o755)
        threading.Thread(target=_serve, args=[listener], daemon=True).start()
        yield Path(folder)
        listener.shutdown(socket.SHUT_RDWR)


def _serve(listener: socket.socket) -> None:
    while True:
        try:
            caller, _ = listener.accept()
        except OSError:  # closed
            return
        threading.Thread(target=_run, args=[caller], daemon=True).start()


def _run(caller: socket.socket) -> None:
    with caller, contextlib.ExitStack() as streams:
        text, descriptors, _, _ = socket.recv_fds(caller, LONGEST_BYTES, 3)
        stdin, stdout, stderr = (streams.enter_context(os.fdopen(one, "wb", closefd=True)) for one in descriptors)
        process = fork_for(**json.loads(text), stdin=stdin, stdout=stdout, stderr=stderr)
        streams.close()
        caller.send(NUMBER.pack(process.wait()))
