"""Change the program in small ways, one at a time, and see which changes no test notices.

Each mutant of a seeded sample is made in a copy of ``src``, never in the working tree. It meets the tests that run its line, up
to the first that fails: of those that mirror its module, of those that prove its package from outside (``front_doors``) unless
``--mirrors`` is given, and of those that ``--also`` names. The file of the module's name comes first, then the fastest files.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from functools import cached_property
from importlib.util import cache_from_source
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from tools.covering import PACKAGE, Covering, Test, TestsFail, cover
from tools.front_doors import list_front_doors
from tools.mutants import Mutant, find_mutants
from tools.stem import NOT_GRAFTED, READY, Errand, Outcome
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
    "erasure",
)
SECONDS_A_MUTANT = 300.0
"""So long may its tests take, as measured; the slowest are left out. One that takes three times as long hangs."""
LEAST_SECONDS_A_TEST = 30.0


class Fate(Enum):
    """What became of a mutant. HUNG: only the time that a test may take has ended it. UNTESTED: no test runs its line."""

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


class Trial(NamedTuple):
    """What became of a mutant, and the test that noticed it."""

    fate: Fate
    test: str = ""


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


def choose(tests: Sequence[Test], *, first: Sequence[str], seconds: float) -> list[Test]:
    """The tests to run, in their order: files of ``first`` before others, fast files before slow ones, while time is left."""
    of_files: Counter[str] = Counter()
    for test in tests:
        of_files[test.file] += test.seconds  # type: ignore[assignment]  # a Counter counts fractions too
    chosen: list[Test] = []
    for test in sorted(tests, key=lambda test: (test.file not in first, of_files[test.file], test.file)):
        if test.seconds <= seconds or not chosen:
            chosen.append(test)
            seconds -= test.seconds
    return chosen


class _Stem:
    """A process of tools.stem that is ready."""

    def __init__(self, root: Path, folder: Path, *, files: Collection[str] = (), modules: Collection[str] = ()) -> None:
        self._said = folder / f"said with {len(files)} files"
        path = [*([str(folder / "src")] if files else []), str(Path(__file__).parent.parent)]
        with self._said.open("w") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tools.stem", *files],
                cwd=root,
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join(path),
                    "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "examples"),
                },
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
            )

        if not files:
            self._write([*modules])
        if self._read() != READY:
            raise TestsFail("The tests cannot be collected.")

    def run(self, errand: Errand) -> Outcome:
        self._write(errand)
        return Outcome(*json.loads(self._read()))

    def _write(self, value: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(value) + "\n")
        self._process.stdin.flush()

    def _read(self) -> str:
        assert self._process.stdout is not None
        answer = self._process.stdout.readline()
        if not answer:
            raise TestsFail(f"{self._said.read_text()}\nThe tests cannot run.")
        return answer

    def close(self) -> None:
        self._process.communicate()


class Bench:
    """Runs tests against a copy of ``src`` that holds one mutant at a time."""

    def __init__(self, root: Path, folder: Path, covering: Covering) -> None:
        self._root = root
        self._covering = covering
        self._log = folder / "log"
        self._source = folder / "src"
        shutil.copytree(root / "src", self._source)
        self._folder = folder

    @cached_property
    def _fresh(self) -> _Stem:
        return _Stem(self._root, self._folder, modules=self._covering.modules)

    @cached_property
    def _collected(self) -> _Stem:
        return _Stem(self._root, self._folder, files=dict.fromkeys(test.file for test in self._covering.tests))

    def close(self) -> None:
        """End the processes that fork."""
        for stem in (one for one in vars(self).values() if isinstance(one, _Stem)):
            stem.close()

    def check(self) -> None:
        """Raises TestsFail unless the first test of each file passes without a mutant."""
        firsts = {test.file: test for test in reversed(self._covering.tests)}
        if firsts and (outcome := self._fresh.run(self._errand([*firsts.values()]))).status:
            raise TestsFail(f"{self._log.read_text()}\n{outcome.failed} fails without a mutant.")

    def try_out(self, place: Place) -> Trial:
        """What becomes of a mutant. What no test notices as a change of functions in their places, it may with imports anew."""
        first = list_tests(self._root, place.module)[:1]
        covering = self._covering.of(self._root, place.module, place.mutant.line)
        tests = choose(covering, first=first, seconds=SECONDS_A_MUTANT)
        if not tests:
            return Trial(Fate.UNTESTED)
        changed = self._source.parent / place.module
        source = changed.read_text()
        mutant = place.mutant.apply(source)
        errand = self._errand(tests, str(changed), source, mutant)
        collected = self._collected  # before the change: it imports what is there
        try:
            _write(changed, mutant)
            outcome = collected.run(errand)
            if outcome.status in {0, NOT_GRAFTED}:
                outcome = self._fresh.run(errand)
        finally:
            _write(changed, source)
        if outcome.hung:
            return Trial(Fate.HUNG, outcome.failed)
        return Trial(Fate.KILLED, outcome.failed) if outcome.status else Trial(Fate.SURVIVED)

    def _errand(self, tests: Sequence[Test], *change: str) -> Errand:
        return Errand(
            source=str(self._source),
            log=str(self._log),
            files=[*dict.fromkeys(test.file for test in tests)],
            names=[test.name for test in tests],
            seconds=3 * sum(test.seconds for test in tests) + 2 * LEAST_SECONDS_A_TEST,
            seconds_a_test=max(LEAST_SECONDS_A_TEST, *(5 * test.seconds for test in tests)),
            change=change,
        )


def _write(file: Path, source: str) -> None:
    """Bytecode is told by time and size alone, and two mutants may share both."""
    file.write_text(source)
    Path(cache_from_source(str(file))).unlink(missing_ok=True)


def list_all_tests(root: Path, places: Sequence[Place], *, from_outside: bool) -> list[str]:
    """The tests that mirror the modules of ``places``, and those that prove their packages from outside."""
    modules = dict.fromkeys(place.module for place in places)
    mirrors = [test for module in modules for test in list_tests(root, module)]
    doors = [test for module in modules for test in list_front_doors(module)] if from_outside else []
    return [*dict.fromkeys((*mirrors, *doors))]


def try_all(root: Path, places: Sequence[Place], *, tests: Sequence[str], jobs: int) -> Iterator[tuple[Place, Trial]]:
    """Every mutant with what became of it. Raises TestsFail before the first one where tests fail as it is."""
    covering = cover(root, tests)
    free: SimpleQueue[Bench] = SimpleQueue()

    def try_out(place: Place) -> Trial:
        bench = free.get()
        try:
            return bench.try_out(place)
        finally:
            free.put(bench)

    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, ThreadPoolExecutor(jobs) as pool:
        benches = [Bench(root, Path(folder) / str(number), covering) for number in range(jobs)]
        try:
            benches[0].check()
            for bench in benches:
                free.put(bench)
            yield from zip(places, pool.map(try_out, places), strict=True)
        finally:
            for bench in benches:
                bench.close()


def main(arguments: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """0 when the sample was tried, whatever came of it; 1 when the tests fail without a mutant."""
    parser = argparse.ArgumentParser(prog="make mutate", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("wanted", nargs="*", default=CORE, help=f"folders or modules of {PACKAGE}; the core by default")
    parser.add_argument("--size", type=int, default=100, help="how many mutants; 100 by default")
    parser.add_argument("--seed", type=int, default=0, help="another seed draws others; 0 by default")
    parser.add_argument("--jobs", type=int, default=1, help="how many are tried at once; 1 by default")
    parser.add_argument(
        "--also", nargs="*", default=(), help="files or folders of tests that they meet besides those that mirror"
    )
    parser.add_argument("--mirrors", action="store_true", help="leave out the tests that prove a package from outside")
    parser.add_argument("--list", action="store_true", help="list the sample, and try nothing")
    asked = parser.parse_args(arguments)
    places = draw(root, list_modules(root, asked.wanted), size=asked.size, seed=asked.seed)
    if asked.list:
        print(*places, sep="\n")
        return 0
    fates: dict[Place, Fate] = {}
    tests = [*list_all_tests(root, places, from_outside=not asked.mirrors), *asked.also]
    try:
        for place, trial in try_all(root, places, tests=tests, jobs=asked.jobs):
            fates[place] = trial.fate
            print(f"{len(fates)}/{len(places)}  {trial.fate.value:8}  {place}  {trial.test}".rstrip(), flush=True)
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
