"""Which tests run which lines of the program.

``python -m tools.covering SOURCE ANSWER TEST…`` runs tests under a tracer and writes what each of them has run below SOURCE.
Only the test's own process is seen: servers and commands of tests run there, except those that are killed. A test over
PostgreSQL is left out where there is the same one over SQLite.

What a file of tests has run is kept in ``.cache/covering`` for as long as the file stays the same. Where a module has changed
since, every test that ran anything of it counts for each of its lines.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any, NamedTuple

import pytest

PACKAGE = Path("src/shipledger")
OURS = ("shipledger", "tests", "tools", "__main__", "conftest")
SECONDS_A_TEST = 600
"""The tracer makes tests slow."""
OPTIONS = ("-q", "--no-header", "-p", "no:cacheprovider", "--hypothesis-seed=0", "--assert=plain")


class TestsFail(Exception):
    """The tests fail for the program as it is, so they tell nothing."""


class Test(NamedTuple):
    """A test, how long it took under the tracer, and the lines that it ran, by module."""

    name: str
    seconds: float
    lines: dict[str, list[int]]

    @property
    def file(self) -> str:
        """The file that it stands in."""
        return self.name.partition("::")[0]


class Covering:
    """What tests run. ``modules`` are those of others that the tests have imported."""

    def __init__(self) -> None:
        self.tests: list[Test] = []
        self.modules: dict[str, None] = {}
        self._changed: dict[str, set[str]] = {}

    def add(self, root: Path, kept: dict[str, Any]) -> None:
        """Take over what is kept of a file of tests."""
        self.tests += [Test(*one) for one in kept["tests"]]
        self.modules |= dict.fromkeys(kept["modules"])
        changed = {module for module, digest in kept["digests"].items() if digest != _digest(root / module)}
        self._changed |= {test[0].partition("::")[0]: changed for test in kept["tests"]}

    def of(self, root: Path, module: Path, line: int) -> list[Test]:
        """The tests that run the statement at a line of a module; all that use the module where it runs with the import."""
        first, last, is_in_function = find_statement((root / module).read_text(), line)
        wanted = set(range(first, last + 1))
        name = str(module)
        users = [test for test in self.tests if name in test.lines]
        if not is_in_function:
            return users or self.tests
        return [test for test in users if name in self._changed.get(test.file, ()) or wanted & set(test.lines[name])]


def find_statement(source: str, line: int) -> tuple[int, int, bool]:
    """The first and the last line of the innermost statement at a line, without its body, and whether a function has it."""
    found, is_in_function = (line, line), False
    for node in ast.walk(ast.parse(source)):  # from the outside to the inside
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            body = getattr(node, "body", None)
            last = max(node.lineno, body[0].lineno - 1) if body else node.end_lineno or node.lineno
            if line <= last:
                found = (node.lineno, last)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                is_in_function = True
    return *found, is_in_function


def cover(root: Path, places: Sequence[str]) -> Covering:
    """What the tests in files and folders run, without those that fail. Raises TestsFail where all of a file do."""
    files = dict.fromkeys(str(one.relative_to(root)) for place in places for one in _list_files(root / place))
    new = [file for file in files if not _kept(root, file).exists()]
    if new:
        with tempfile.TemporaryDirectory(prefix="covering-") as folder:
            answer = Path(folder) / "answer.json"
            done = subprocess.run(
                [sys.executable, "-m", "tools.covering", str(root / PACKAGE), str(answer), *new],
                cwd=root,
                env={**os.environ, "PYTHONPATH": os.pathsep.join([str(root / "src"), str(Path(__file__).parent.parent)])},
                capture_output=True,
                text=True,
                check=False,
            )
            if not answer.exists():
                raise TestsFail(f"{done.stdout}{done.stderr}\nThe tests cannot run without a mutant.")
            _keep(root, json.loads(answer.read_text()), new)
        if any(not _kept(root, file).exists() for file in new):
            raise TestsFail(f"{done.stdout}{done.stderr}\nThese tests fail without a mutant.")
    covering = Covering()
    for file in files:
        covering.add(root, json.loads(_kept(root, file).read_text()))
    return covering


def _list_files(place: Path) -> list[Path]:
    return sorted(place.rglob("test_*.py")) if place.is_dir() else [place]


def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()[:16] if file.exists() else ""


def _kept(root: Path, file: str) -> Path:
    return root / ".cache/covering" / f"{file.replace('/', '.')}-{_digest(root / file)}.json"


def _keep(root: Path, answer: dict[str, Any], files: Sequence[str]) -> None:
    (root / ".cache/covering").mkdir(parents=True, exist_ok=True)
    for file in files:
        of_file = [one for one in answer["tests"] if one[0].partition("::")[0] == file]
        tests = [one for one in of_file if one[0] not in answer["failed"]]
        if file not in answer["failed"] and (tests or not of_file):
            digests = {module: _digest(root / module) for _, _, lines in tests for module in lines}
            _kept(root, file).write_text(json.dumps({"tests": tests, "modules": answer["modules"], "digests": digests}))


class Tracer:
    """A plugin of pytest that notes the lines below a folder that each test runs, with its fixtures."""

    def __init__(self, source: str, root: Path) -> None:
        self.tests: list[tuple[str, float, dict[str, list[int]]]] = []
        self.failed: set[str] = set()
        self._source = source
        self._root = root
        self._left: dict[int, tuple[CodeType, set[int]]] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out twins."""
        names = {item.nodeid for item in items}
        items[:] = [one for one in items if one.nodeid.replace("postgres", "sqlite") not in names - {one.nodeid}]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Trace a test."""
        self._left = {}
        began = time.monotonic()
        threading.settrace(self._enter)
        sys.settrace(self._enter)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            seconds = round(time.monotonic() - began, 3)
            lines: dict[str, set[int]] = {}
            for code, left in [*self._left.values()]:
                if code.co_filename.startswith(self._source):
                    file = str(Path(code.co_filename).relative_to(self._root))
                    lines.setdefault(file, set()).update(_lines(code) - left)
            self.tests.append((item.nodeid, seconds, {file: sorted(ran) for file, ran in lines.items()}))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that fails."""
        if report.failed:
            self.failed.add(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file that cannot be read."""
        if report.failed:
            self.failed.add(report.nodeid)

    def _enter(self, frame: FrameType, _event: str, _argument: object) -> Any:
        return self._step if self._left_of(frame.f_code) else None

    def _step(self, frame: FrameType, _event: str, _argument: object) -> Any:
        self._left_of(frame.f_code).discard(frame.f_lineno)
        return self._step

    def _left_of(self, code: CodeType) -> set[int]:
        """The lines that this test has not run yet; none of what is not ours."""
        found = self._left.get(id(code))  # code of two files may be equal; kept here, none of this id comes after it
        if found is None:
            is_ours = code.co_filename.startswith(self._source)
            found = self._left[id(code)] = (code, _lines(code) if is_ours else set())
        return found[1]


def _lines(code: CodeType) -> set[int]:
    return {line for _, _, line in code.co_lines() if line is not None}


def _is_of_others(name: str, module: ModuleType | None) -> bool:
    return name.partition(".")[0] not in OURS and getattr(module, "__spec__", None) is not None


def main(source: str, answer: str, *tests: str) -> int:
    """The exit status of pytest."""
    tracer = Tracer(source, Path.cwd())
    status = pytest.main([*OPTIONS, "-o", f"timeout={SECONDS_A_TEST}", *tests], plugins=[tracer])
    if status in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED}:
        modules = [name for name, module in sys.modules.items() if _is_of_others(name, module)]
        found = {"tests": tracer.tests, "failed": sorted(tracer.failed), "modules": modules}
        Path(answer).write_text(json.dumps(found))
    return int(status)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
