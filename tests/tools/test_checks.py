from __future__ import annotations

import pytest

from tools import check_texts, lock


def test_the_lock_files_fit_pyproject() -> None:
    assert lock.find_faults() == []


@pytest.mark.parametrize("table", ["dependencies", "optional"])
def test_a_fingerprint_tells_a_changed_dependency_from_a_changed_description(table: str) -> None:
    project = {
        "project": {"dependencies": ["starlette>=1"], "requires-python": ">=3.11", "description": "one"},
        "dependency-groups": {},
        "build-system": {"requires": []},
    }
    before = lock.fingerprint(project)
    project["project"]["description"] = "another"
    assert lock.fingerprint(project) == before
    project["dependency-groups" if table == "optional" else "project"]["dependencies"] = ["starlette>=2"]
    assert lock.fingerprint(project) != before


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
