"""A process that has imported what a run of tests needs, and forks such a run for each line that it reads.

``python -m tools.stem`` imports what belongs to others; each run imports the program and its tests anew. The first line that
it reads is JSON of the modules. ``python -m tools.stem FILE…`` has collected the tests of these files as well; a run changes
the functions of the program in their places. Each other line is an Errand, and is answered by an Outcome.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TextIO

import pytest

from tools.covering import OPTIONS
from tools.grafting import NotGrafted, graft

OPTIONS_OF_RUNS = (*OPTIONS, "-x", "--tb=short", "-s")
SECONDS_TO_CLEAN_UP = 15
READY = "ready\n"
NOT_GRAFTED = 97
"""The exit status of a run that cannot change the program in its place."""


class Errand(NamedTuple):
    """Tests to run, in this order up to the first that fails, over the source in a folder. ``log`` gets what pytest prints.

    ``change`` has a file, its source before, and after. In the folder it has its source after already.
    """

    source: str
    log: str
    files: Sequence[str]
    names: Sequence[str]
    seconds: float
    seconds_a_test: float
    change: Sequence[str]


class Outcome(NamedTuple):
    """How a run of tests ended: the exit status, the first test that failed, and whether it failed for its time alone."""

    status: int
    failed: str
    hung: bool


class Chosen:
    """A plugin of pytest that runs the tests of an errand, in their order, and notes the first that fails."""

    def __init__(self, errand: Errand) -> None:
        self._places = {name: place for place, name in enumerate(errand.names)}
        self._mark = pytest.mark.timeout(errand.seconds_a_test)
        self._failure = _failure(errand)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out all others."""
        items[:] = sorted((one for one in items if one.nodeid in self._places), key=lambda one: self._places[one.nodeid])
        for item in items:
            item.add_marker(self._mark, append=False)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the first that fails."""
        if report.failed and not self._failure.exists():
            self._failure.write_text(json.dumps([report.nodeid, "from pytest-timeout" in str(report.longrepr)]))


class Collected:
    """A plugin of pytest that serves once the tests are collected, and in each fork lets pytest go on with an errand."""

    def __init__(self, answers: TextIO) -> None:
        self._answers = answers

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """None in a fork that is to run the tests."""
        gc.unfreeze()  # the functions to be changed are looked for among all objects
        errand = serve(self._answers)
        if errand is None:
            return True
        try:
            graft(*errand.change)
        except NotGrafted:
            sys.stdout.flush()
            os._exit(NOT_GRAFTED)
        chosen = Chosen(errand)
        session.config.pluginmanager.register(chosen)
        chosen.pytest_collection_modifyitems(session.items)
        return None


def serve(answers: TextIO) -> Errand | None:
    """Say READY, then fork for each errand and answer how it ended. In the fork, the errand; None once nobody asks any more."""
    answers.write(READY)
    answers.flush()
    for line in sys.stdin:
        errand = Errand(*json.loads(line))
        _failure(errand).unlink(missing_ok=True)
        process = os.fork()
        if not process:
            _begin(errand)
            return errand
        answers.write(json.dumps(_wait(process, errand)) + "\n")
        answers.flush()
    return None


def _begin(errand: Errand) -> None:
    os.setsid()
    for descriptor, file, flags in ((0, os.devnull, os.O_RDONLY), (1, errand.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)):
        os.dup2(os.open(file, flags), descriptor)
    os.dup2(1, 2)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [errand.source, os.environ.get("PYTHONPATH")]))


def _wait(process: int, errand: Errand) -> Outcome:
    ended = os.pidfd_open(process)
    is_late = not select.select([ended], [], [], errand.seconds)[0]
    if is_late:  # first let the tests stop the servers that they have started
        for end, number in ((os.kill, signal.SIGINT), (os.killpg, signal.SIGKILL)):
            with suppress(ProcessLookupError):
                end(process, number)
            if select.select([ended], [], [], SECONDS_TO_CLEAN_UP)[0]:
                break
    os.close(ended)
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    failure = _failure(errand)
    failed, hung = json.loads(failure.read_text()) if failure.exists() else ("", False)
    return Outcome(status, failed, hung or is_late)


def _failure(errand: Errand) -> Path:
    return Path(f"{errand.log}.failed")


def main(*files: str) -> int:
    """Serve until nobody asks any more. In a fork, the exit status of pytest."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what pytest says about the collection is no answer
    if files:
        return int(pytest.main([*OPTIONS_OF_RUNS, *files], plugins=[Collected(answers)]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in json.loads(sys.stdin.readline()):
            with suppress(Exception):
                importlib.import_module(name)
    errand = serve(answers)
    if errand is None:
        return 0
    sys.path.insert(0, errand.source)
    return int(pytest.main([*OPTIONS_OF_RUNS, *errand.files], plugins=[Chosen(errand)]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
