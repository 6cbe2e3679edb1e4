"""Commands of the program that are killed at a given step, by themselves: a signal from outside comes sooner or later."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Mapping

from tests.support.forking import fork_program

KILLED_AT_A_STEP = """
import importlib, inspect, os, signal, sys

place, count, when, *arguments = sys.argv[1:]
module, _, names = place.partition(":")
owner = importlib.import_module(module)
*path, name = names.split(".")
for one in path:
    owner = getattr(owner, one)
step, calls = getattr(owner, name), [0]

def strike():
    calls[0] += 1
    if calls[0] >= int(count):
        os.kill(os.getpid(), signal.SIGKILL)

if inspect.iscoroutinefunction(step):
    async def killed(*given, **named):
        if when == "before":
            strike()
        result = await step(*given, **named)
        if when == "after":
            strike()
        return result
else:
    def killed(*given, **named):
        if when == "before":
            strike()
        result = step(*given, **named)
        if when == "after":
            strike()
        return result

setattr(owner, name, killed)
sys.argv = ["shipledger", *arguments]
from shipledger.cli.main import run
run()
"""


def run_killed(step: str, *arguments: str, environment: Mapping[str, str], call: int = 1, when: str = "before") -> None:
    """Run a command that kills itself with SIGKILL ``when`` (before or after) it takes ``step`` for the ``call``-th time.

    ``step`` is written ``package.module:Class.function``.
    """
    with tempfile.TemporaryFile() as said:
        process = fork_program(
            *(step, str(call), when, *arguments),
            code=KILLED_AT_A_STEP,
            environment={**os.environ, **environment},
            stdout=said,
            stderr=said,
        )
        ended = process.wait(120)
        said.seek(0)
        assert ended == -signal.SIGKILL, f"{step} was not reached: {ended}\n{said.read().decode()}"
