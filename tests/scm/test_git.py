"""Processes that do not do what git does: they end without reading, or say more than anybody asked."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import uvloop

from shipledger.scm.git import GitFailedError, GitLimits, GitRuns

Pretend = Callable[[str], Path]


@pytest.fixture
def pretend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pretend:
    """Put a shell script in the place of git; the path of the repository that it is run on."""

    def make(script: str) -> Path:
        program = tmp_path / "git"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o700)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        return tmp_path / "repository"

    return make


@pytest.mark.parametrize("size", [0, 10, 1_000_000])
def test_a_process_that_succeeds_without_reading_has_succeeded(pretend: Pretend, size: int) -> None:
    repository = pretend("exec 0<&-; echo done")

    async def run() -> set[bytes]:
        runs = GitRuns(GitLimits(seconds=60))
        return {await runs.run(repository, "init", sent=b"x" * size) for _ in range(12)}

    assert uvloop.run(run()) == {b"done\n"}


def test_a_process_that_fails_without_reading_tells_why(pretend: Pretend) -> None:
    repository = pretend("exec 0<&-; echo 'fatal: no such command' >&2; exit 3")

    async def run() -> str:
        with pytest.raises(GitFailedError) as failed:
            await GitRuns(GitLimits(seconds=60)).run(repository, "init", sent=b"x" * 1_000_000)
        return failed.value.sentence

    assert uvloop.run(run()) == "git cannot read it: no such command."


def test_a_process_that_is_sent_nothing_has_nothing_to_read(pretend: Pretend) -> None:
    repository = pretend('test ! -p /dev/stdin && test ! -S /dev/stdin && cat && echo "$1"')

    async def run() -> bytes:
        return await GitRuns(GitLimits(seconds=60)).run(repository, "init")

    assert uvloop.run(run()).endswith(b"\n")


def test_all_that_is_sent_is_read_and_all_that_is_written_comes_back(pretend: Pretend) -> None:
    repository, sent = pretend("cat"), bytes(range(256)) * 8_000

    async def run() -> bytes:
        return await GitRuns(GitLimits(seconds=60)).run(repository, "cat-file", sent=sent)

    assert uvloop.run(run()) == sent
