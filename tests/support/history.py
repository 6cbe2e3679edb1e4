"""Versions of the program before this one, from its history."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from shipledger.store.migration_files import list_revisions
from tests.support.project import ROOT

VERSIONS = "src/shipledger/store/migrations/versions"
POSTGRES_STORE = "src/shipledger/store/postgres/store.py"


def find_older_schema() -> str:
    """The newest commit with an older schema that this version can upgrade. Skips where there is no history to look in.

    With CI set, a history that is whole has to have one. A commit with a migration that has another number now is no version.
    """
    if shutil.which("git") is None or not _git("rev-parse", "--is-inside-work-tree") or not (ROOT / ".git").exists():
        pytest.skip("There is no history to take an older version from.")
    newest = f"{VERSIONS}/{list_revisions()[-1]}.py"
    added = _git("log", "--diff-filter=A", "--format=%H", "-1", "--", newest)
    for commit in _git("rev-list", "--first-parent", "--max-count=50", f"{added}^" if added else "HEAD").split():
        if _list_revisions_of(commit) <= set(list_revisions()) and _git("ls-tree", "--name-only", commit, POSTGRES_STORE):
            return commit
    sentence = "No older version with another schema is in the history."
    if os.environ.get("CI") and _git("rev-parse", "--is-shallow-repository") == "false":
        pytest.fail(sentence)
    pytest.skip(sentence)


def find_schema_before(number: int) -> str:
    """The newest commit without the migration of this number. Skips where there is no history to look in."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("There is no history to take an older version from.")
    added = _git("log", "--diff-filter=A", "--format=%H", "--", f"{VERSIONS}/{number:04d}_*.py").split()
    commit = _git("rev-parse", "--verify", "--quiet", f"{added[-1]}^") if added else ""
    if commit:
        return commit
    if os.environ.get("CI") and _git("rev-parse", "--is-shallow-repository") == "false":
        pytest.fail(f"No version before migration {number} is in the history.")
    pytest.skip(f"No version before migration {number} is in the history.")


def _list_revisions_of(commit: str) -> set[str]:
    return {Path(name).stem for name in _git("ls-tree", "--name-only", commit, f"{VERSIONS}/").split() if "/0" in name}


def unpack(commit: str, folder: Path) -> Path:
    """The sources of a version, below ``folder``, as a place for PYTHONPATH."""
    archive = subprocess.run(["git", "archive", commit, "src"], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")
    return folder / "src"


def _git(*arguments: str) -> str:
    """What git prints, or nothing when it fails."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""
