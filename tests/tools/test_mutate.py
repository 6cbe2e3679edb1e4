"""Mutants are made of every kind of place and none other, drawn by a seed, and met by the tests that mirror their module."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tools import mutate
from tools.covering import find_statement
from tools.front_doors import FRONT_DOORS
from tools.grafting import NotGrafted, graft
from tools.mutants import find_mutants
from tools.tree import ROOT

CHANGES = [
    ("x = a < b", ["x = (a <= b)"]),
    ("x = a is not None", ["x = (a is None)"]),
    ("x = a and b", ["x = (a or b)"]),
    ("x = not a", ["x = (a)"]),
    ("x = a + 2", ["x = (a - 2)", "x = a + (3)"]),
    ("x = True", ["x = (False)"]),
    ("x = min(a, b)", ["x = (max(a, b))"]),
    ("x = sorted(a, key=b)", ["x = (list(a))"]),
    ("x = a.strip().casefold()", ["x = (a).casefold()", "x = (a.strip())"]),
    ("x = a if b else c", ["x = (a if not b else c)"]),
    ("def f():\n    return a", ["def f():\n    return None"]),
    ("def f():\n    raise E('é')", ["def f():\n    pass"]),
    ("self.a = b", ["pass"]),
    ("self.a(b)", ["pass"]),
    ("self.a += b", ["pass"]),
    ("for a in b:\n    break", ["for a in b:\n    continue"]),
    ("x = 'ü', (\n    a\n    == b\n)", ["x = 'ü', (\n    (a != b)\n)"]),
]


@pytest.mark.parametrize("source, changed", CHANGES)
def test_a_place_is_changed_and_nothing_around_it(source, changed):
    assert [mutant.apply(source) for mutant in find_mutants(source)] == changed


@pytest.mark.parametrize(
    "source",
    [
        "'''A docstring of 7 words.'''",
        "x: Literal[1]\ndef f(a: Literal[1]) -> Literal[2]: ...",
        "@cache(maxsize=1)\nclass A(Struct, frozen=True): ...",
        "log.info('x', count=1)",
        "assert a == b",
        "x = f'{a == b}'",
        "if TYPE_CHECKING:\n    a = 1",
        "class A:\n    def __init__(self, a):\n        self.a = a",
        "def f():\n    return 'text'",
    ],
)
def test_what_is_no_fault_is_left_alone(source):
    assert find_mutants(source) == []


def list_sample(capsys, *arguments: str) -> list[str]:
    assert mutate.main(["--list", *arguments]) == 0
    return capsys.readouterr().out.splitlines()


RETRY = "src/shipledger/ingestion/retry.py"


def test_the_sample_is_drawn_by_its_seed_from_the_modules_that_are_asked_for(capsys):
    asked = ("ingestion/retry.py", "outgoing/answer.py", "--size", "8")
    sample = list_sample(capsys, *asked, "--seed", "3")
    assert len(sample) == 8
    assert sample == list_sample(capsys, *asked, "--seed", "3")
    assert sample != list_sample(capsys, *asked, "--seed", "4")
    assert {line.split(":")[0] for line in sample} <= {RETRY, "src/shipledger/outgoing/answer.py"}
    assert {line.split(":")[0] for line in list_sample(capsys, "ingestion/retry.py")} == {RETRY}


def test_the_file_of_a_modules_name_is_run_before_its_folder():
    assert mutate.list_tests(ROOT, Path(RETRY)) == ["tests/ingestion/test_retry.py", "tests/ingestion"]
    assert mutate.list_tests(ROOT, Path("src/shipledger/ingestion/streams.py")) == ["tests/ingestion"]
    assert mutate.list_tests(ROOT, Path("src/shipledger/catalog/tiering/model.py")) == ["tests/catalog/test_tiering.py"]


def test_the_tests_that_prove_a_package_from_outside_are_there_and_are_met_unless_they_are_left_out():
    for package, doors in FRONT_DOORS.items():
        assert (ROOT / "src/shipledger" / package).is_dir()
        assert [one for one in doors if not (ROOT / one).exists()] == []
    places = mutate.draw(ROOT, [Path("src/shipledger/sealing/archive.py")], size=1, seed=0)
    assert "tests/cli/test_export.py" in mutate.list_all_tests(ROOT, places, from_outside=True)
    assert mutate.list_all_tests(ROOT, places, from_outside=False) == ["tests/sealing"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one module, of which a test looks at one function closely, at one hardly, and at one not at all."""
    for folder in ("src/shipledger/core", "tests/core"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "src/shipledger/__init__.py").touch()
    (tmp_path / "src/shipledger/core/ages.py").write_text(
        "def is_grown(years):\n    return years >= LIMIT\n\n\nLIMIT = 17 + 1\n\n\n"
        "def is_old(years):\n    return years > 80\n\n\ndef is_young(years):\n    return years < 2\n"
    )
    (tmp_path / "tests/core/test_ages.py").write_text(
        "from shipledger.core.ages import is_grown, is_old\n\n\n"
        "def test_limit():\n    assert is_grown(18) and not is_grown(17) and is_old(90)\n"
    )
    return tmp_path


def test_what_no_test_notices_is_named_and_the_share_of_the_others_is_told_and_the_program_stays_as_it_is(project, capsys):
    module = project / "src/shipledger/core/ages.py"
    source = module.read_text()
    assert mutate.main(["core", "--size", "4", "--seed", "1153"], root=project) == 0
    told = capsys.readouterr().out
    assert (
        "killed    src/shipledger/core/ages.py:2  years >= LIMIT  ->  years > LIMIT  tests/core/test_ages.py::test_limit" in told
    )
    assert "killed    src/shipledger/core/ages.py:5  17 + 1  ->  17 - 1  tests/core/test_ages.py::test_limit" in told
    assert told.count("survived  src/shipledger/core/ages.py:9  years > 80  ->  years >= 80\n") == 2
    assert told.count("untested  src/shipledger/core/ages.py:13  years < 2  ->  years <= 2\n") == 2
    assert told.endswith("\n2 of 4 killed: 50.0 %. 0 of them by the time limit alone.\n")
    assert module.read_text() == source


def test_nothing_is_told_by_tests_that_fail_anyway(project, capsys):
    (project / "tests/core/test_ages.py").write_text("def test_limit():\n    assert False\n")
    assert mutate.main(["core", "--size", "1"], root=project) == 1
    assert "fail without a mutant" in capsys.readouterr().err


def test_a_function_is_changed_in_its_place_with_all_that_has_imported_it():
    before, after = "def f(a):\n    return a > 1\nx = lambda: 2\n", "def f(a):\n    return a >= 1\nx = lambda: 2\n"
    module: dict = {}
    exec(compile(before, "module.py", "exec"), module)  # noqa: S102  the source above
    imported = module["f"]
    graft("module.py", before, after)
    assert imported(1)
    unseen = "def g(a):\n    return 1\n"
    for unlike in [
        (before, before),
        (before, f"import os\n{before}"),
        (before, before + unseen),
        (unseen, unseen.replace("1", "2")),
    ]:
        with pytest.raises(NotGrafted):
            graft("module.py", *unlike)


def test_a_statement_is_told_from_its_body_and_from_what_runs_with_an_import():
    source = "x = (\n  1,\n)\n\nclass A:\n  def f(self,\n    a=2):\n    if (a and\n        self):\n      return 1\n"
    assert [find_statement(source, line) for line in (2, 7, 9, 10)] == [
        (1, 3, False),
        (6, 7, False),
        (8, 9, True),
        (10, 10, True),
    ]


def test_a_module_that_no_test_mirrors_is_untested(project, capsys):
    shutil.rmtree(project / "tests")
    assert mutate.main(["core", "--size", "1"], root=project) == 0
    assert "untested  src/shipledger/core/ages.py" in capsys.readouterr().out
