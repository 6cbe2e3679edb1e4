from __future__ import annotations

from typing import Any

import pytest

from tools import check_texts, lock


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
