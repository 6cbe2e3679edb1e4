from __future__ import annotations

from typing import Any

import pytest

from tools import check_numbers, check_texts, lock


def test_the_lock_files_fit_pyproject() -> None:
    assert lock.find_faults() == []


def project_with(*, dependency: str = "starlette>=1", tester: str = "pytest>=9", uv: str = "uv>=1", text: str = "") -> Any:
    return {
        "project": {"dependencies": [dependency], "requires-python": ">=3.11", "description": text},
        "dependency-groups": {"test": [tester], "uv": [uv]},
        "build-system": {"requires": []},
    }


@pytest.mark.parametrize("name", ["dev.txt", "runtime.txt"])
def test_a_changed_dependency_asks_for_new_lock_files(name: str) -> None:
    before = lock.fingerprint(project_with(), name)
    assert lock.fingerprint(project_with(text="another"), name) == before
    assert lock.fingerprint(project_with(uv="uv>=2"), name) == before
    assert lock.fingerprint(project_with(dependency="starlette>=2"), name) != before
    assert lock.fingerprint(project_with(tester="pytest>=10"), name) != before


def test_uv_is_fetched_anew_only_for_another_uv() -> None:
    before = lock.fingerprint(project_with(), "uv.txt")
    assert lock.fingerprint(project_with(dependency="starlette>=2", tester="pytest>=10"), "uv.txt") == before
    assert lock.fingerprint(project_with(uv="uv>=2"), "uv.txt") != before


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://" + "pypi" + ".org/simple",
        "url = 'https://files." + "pythonhosted" + ".org/x.whl'",
        "database = /" + "root/x.db",
        "cd '/" + "work/main'",
    ],
)
def test_a_registry_host_or_a_machine_path_is_found(line: str) -> None:
    assert [number for number, _, _ in check_texts.find_faults(f"first\n{line}\n")] == [2]


@pytest.mark.parametrize("line", ["sqlite:////var/lib/shipledger/shipledger.db", "/v2/deployments", "src/root/x", "~/.config"])
def test_other_paths_and_hosts_pass(line: str) -> None:
    assert check_texts.find_faults(line) == []


@pytest.mark.parametrize(
    "names, words",
    [
        (["0001-a.md", "0002-b.md", "0003-c.md"], []),
        (["0001-a.md", "0002-b.md", "0002-c.md"], ["0002-b.md and 0002-c.md have one number"]),
        (["0001-a.md", "0003-c.md"], ["There is no 0002"]),
        (["0002-b.md", "0002-c.md"], ["0002-b.md and 0002-c.md have one number", "There is no 0001"]),
    ],
)
def test_each_number_is_taken_once_and_none_is_left_out(names: list[str], words: list[str]) -> None:
    faults = check_numbers.find_faults(names)
    assert len(faults) == len(words)
    assert all(fault.startswith(told) for fault, told in zip(faults, words, strict=True))


@pytest.mark.parametrize(
    "before, count",
    [
        ({"0001_a": None, "0002_b": "0001_a", "0003_c": "0002_b"}, 0),
        ({"0001_a": None, "0002_b": "0001_a", "0003_c": "0001_a"}, 1),
        ({"0001_a": None, "0002_b": "0001_a", "0002_c": "0001_a"}, 1),
        ({"0001_a": None, "0002_b": None}, 1),
    ],
)
def test_migrations_follow_one_another_to_one_newest(before: dict[str, str | None], count: int) -> None:
    assert len(check_numbers.find_forks(before)) == count


def test_the_numbers_of_this_project_are_in_order() -> None:
    assert check_numbers.main() == 0
