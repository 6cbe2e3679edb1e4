"""Change the program in small ways, one at a time, and see which changes no test notices.

Each mutant of a seeded sample is made in a copy of ``src``, never in the working tree, and meets the tests that mirror its
module: those of the file of its name first, then those of its folder, up to the first that fails.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from importlib.util import cache_from_source
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from tools.mutants import Mutant, find_mutants
from tools.tree import ROOT

CORE = (
    "ledger",
    "deployments",
    "incidents",
    "gating",
    "pull_requests",
    "catalog",
    "ingestion",
    "access",
    "sealing",
    "outgoing",
)
PACKAGE = Path("src/shipledger")
SECONDS_A_TEST = 90

_PASSED, _FAILED, _INTERRUPTED, _NO_TESTS = 0, 1, 2, 5
"""What pytest's exit status means."""


class Fate(Enum):
    """What became of a mutant. HUNG: only the time that a test may take has ended it."""

    KILLED = "killed"
    HUNG = "hung"
    SURVIVED = "survived"
    UNTESTED = "untested"


class Place(NamedTuple):
    """A mutant and its module, as a path in the project."""

    module: Path
    mutant: Mutant

    def __str__(self) -> str:
        before, after = (" ".join(text.split())[:100] for text in (self.mutant.before, self.mutant.after))
        return f"{self.module}:{self.mutant.line}  {before}  ->  {after}"


class TestsFail(Exception):
    """The tests fail for the program as it is, so they tell nothing."""


def list_modules(root: Path, wanted: Sequence[str]) -> list[Path]:
    """The modules below the folders or files of the package that are ``wanted``, as paths in the project."""
    found = set()
    for name in wanted:
        place = root / PACKAGE / name
        found |= {place} if place.is_file() else set(place.rglob("*.py"))
    if not found:
        raise SystemExit(f"There is no module in {', '.join(wanted)}, below {PACKAGE}.")
    return sorted(one.relative_to(root) for one in found)


def list_tests(root: Path, module: Path) -> list[str]:
    """The tests that mirror ``module``: its own file, then the folder of its package; none where there is neither.

    A small package has one file of its name in place of a folder.
    """
    folder = Path("tests") / module.relative_to(PACKAGE).parent
    of_package = folder.with_name(f"test_{folder.name}.py")
    return [str(one) for one in (folder / f"test_{module.stem}.py", of_package, folder) if (root / one).exists()]


def draw(root: Path, modules: Sequence[Path], *, size: int, seed: int) -> list[Place]:
    """So many of all mutants, by chance; the same ones for one seed while the modules are the same."""
    places = [Place(module, mutant) for module in modules for mutant in find_mutants((root / module).read_text())]
    return sorted(random.Random(seed).sample(places, min(size, len(places))))


class Bench:
    """Runs tests against copies of ``src``, each of which holds one mutant at a time."""

    def __init__(self, root: Path, folder: Path, *, copies: int) -> None:
        self._root = root
        self._free: SimpleQueue[Path] = SimpleQueue()
        for number in range(copies):
            copy = folder / str(number)
            shutil.copytree(root / "src", copy / "src")
            self._free.put(copy)

    def check(self, module: Path) -> None:
        """Raises TestsFail unless the tests that mirror ``module`` pass without a mutant."""
        copy = self._free.get()
        status, output = self._run(copy, list_tests(self._root, module))
        self._free.put(copy)
        if status not in {_PASSED, _NO_TESTS}:
            raise TestsFail(f"{output}\nThe tests of {module.parent} fail without a mutant.")

    def try_out(self, place: Place) -> Fate:
        """What becomes of a mutant."""
        copy = self._free.get()
        changed = copy / place.module
        source = changed.read_text()
        try:
            _write(changed, place.mutant.apply(source))
            status, output = self._run(copy, list_tests(self._root, place.module))
        finally:
            _write(changed, source)
            self._free.put(copy)
        if status == _PASSED:
            return Fate.SURVIVED
        if status == _NO_TESTS:
            return Fate.UNTESTED
        return Fate.HUNG if "from pytest-timeout" in output else Fate.KILLED

    def _run(self, copy: Path, tests: Sequence[str]) -> tuple[int, str]:
        if not tests:
            return _NO_TESTS, ""
        options = ["-x", "-q", "--no-header", "-p", "no:cacheprovider", "-o", f"timeout={SECONDS_A_TEST}", "--hypothesis-seed=0"]
        path = os.pathsep.join(filter(None, [str(copy / "src"), os.environ.get("PYTHONPATH")]))
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *tests],
            cwd=self._root,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in {_PASSED, _FAILED, _INTERRUPTED, _NO_TESTS}:
            raise SystemExit(f"{done.stdout}{done.stderr}\npytest cannot run.")
        return done.returncode, done.stdout


def _write(file: Path, source: str) -> None:
    """Bytecode is told by time and size alone, and two mutants may share both."""
    file.write_text(source)
    Path(cache_from_source(str(file))).unlink(missing_ok=True)


def try_all(root: Path, places: Sequence[Place], *, jobs: int) -> Iterator[tuple[Place, Fate]]:
    """Every mutant with what became of it. Raises TestsFail before the first one where tests fail as it is."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, ThreadPoolExecutor(jobs) as pool:
        bench = Bench(root, Path(folder), copies=jobs)
        list(pool.map(bench.check, {place.module.parent: place.module for place in places}.values()))
        yield from zip(places, pool.map(bench.try_out, places), strict=True)


def main(arguments: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """0 when the sample was tried, whatever came of it; 1 when the tests fail without a mutant."""
    parser = argparse.ArgumentParser(prog="make mutate", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("wanted", nargs="*", default=CORE, help=f"folders or modules of {PACKAGE}; the core by default")
    parser.add_argument("--size", type=int, default=100, help="how many mutants; 100 by default")
    parser.add_argument("--seed", type=int, default=0, help="another seed draws others; 0 by default")
    parser.add_argument("--jobs", type=int, default=1, help="how many are tried at once; 1 by default")
    parser.add_argument("--list", action="store_true", help="list the sample, and try nothing")
    asked = parser.parse_args(arguments)
    places = draw(root, list_modules(root, asked.wanted), size=asked.size, seed=asked.seed)
    if asked.list:
        print(*places, sep="\n")
        return 0
    fates: dict[Place, Fate] = {}
    try:
        for place, fate in try_all(root, places, jobs=asked.jobs):
            fates[place] = fate
            print(f"{len(fates)}/{len(places)}  {fate.value:8}  {place}", flush=True)
    except TestsFail as failure:
        print(failure, file=sys.stderr)
        return 1
    print(summarize(fates))
    return 0


def summarize(fates: dict[Place, Fate]) -> str:
    """The mutants that no test has killed, and the share of those that one has. One that hangs is half noticed: it is named."""
    named = [f"{fate.value:8}  {place}" for place, fate in fates.items() if fate is not Fate.KILLED]
    counts = Counter(fates.values())
    noticed = counts[Fate.KILLED] + counts[Fate.HUNG]
    share = 100 * noticed / max(1, len(fates))
    lines = [
        "",
        *named,
        "",
        f"{noticed} of {len(fates)} killed: {share:.1f} %. {counts[Fate.HUNG]} of them by the time limit alone.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
