"""A SQLite file that is moved, replaced, linked or copied behind the program's back."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from http import HTTPStatus
from pathlib import Path

import httpx2
import pytest

from tests.support.commands import Commands
from tests.support.opsgenie import create_body
from tests.support.plain_http import no_certificates
from tests.support.postgres import shared_server
from tests.support.program import RunningServer
from tests.support.questions import ask

pytestmark = pytest.mark.smoke

PATIENCE_SECONDS = 60.0


class Sender:
    """Sends creates, and remembers what was acknowledged."""

    def __init__(self, program: RunningServer) -> None:
        self.program = program
        self.key = program.credential()
        self.acknowledged: list[str] = []
        self._count = 0

    def send(self) -> int:
        """The status of one more create."""
        self._count += 1
        body = create_body(externalId=f"build-{self._count}")
        with httpx2.Client(base_url=self.program.url, trust_env=False, timeout=30, verify=no_certificates()) as client:
            answer = client.post("/v2/deployments", json=body, headers={"Authorization": f"GenieKey {self.key}"})
        if answer.status_code == HTTPStatus.ACCEPTED:
            self.acknowledged.append(answer.json()["requestId"])
        return answer.status_code

    def assert_refused(self, sentence: str) -> None:
        """Writes are refused, and readiness says why."""
        assert self.send() == HTTPStatus.SERVICE_UNAVAILABLE
        assert sentence in self._until(HTTPStatus.SERVICE_UNAVAILABLE)

    def assert_accepted(self) -> None:
        """It goes on, and has all that it acknowledged."""
        assert self.send() == HTTPStatus.ACCEPTED
        self._until(HTTPStatus.OK)
        found = {receipt_id for (receipt_id,) in ask(self.program.database_url, "SELECT receipt_id FROM receipt")}
        assert set(self.acknowledged) <= found

    def _until(self, awaited: HTTPStatus) -> str:
        """What readiness says of the store, once it has a status: its answer is remembered for a second."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        with httpx2.Client(base_url=self.program.url, trust_env=False, timeout=30, verify=no_certificates()) as client:
            while (answer := client.get("/readyz")).status_code != awaited:
                assert time.monotonic() < deadline, answer.text
                time.sleep(0.05)
        return str(answer.json()["checks"]["store"])


@pytest.fixture
def sender(program: RunningServer) -> Sender:
    one = Sender(program)
    assert one.send() == HTTPStatus.ACCEPTED
    return one


@pytest.fixture
def target() -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        yield runner.run(stack.enter_async_context(shared_server().new_database()))
        runner.run(stack.aclose())


def test_a_file_that_is_moved_away_takes_no_writes_until_it_is_back(sender: Sender, tmp_path: Path) -> None:
    program, away = sender.program, tmp_path / "away.db"
    program.database.rename(away)
    sender.assert_refused("was moved or deleted while in use")
    assert not program.database.exists()
    away.rename(program.database)
    sender.assert_accepted()

    shutil.copy(program.database, away)
    away.replace(program.database)  # the same name, and another file
    sender.assert_refused("was replaced while in use")
    program.kill()
    program.start()
    assert sender.send() == HTTPStatus.ACCEPTED


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
def test_a_log_that_is_taken_away_loses_nothing_that_was_acknowledged(sender: Sender, suffix: str) -> None:
    program = sender.program
    log = program.database.with_name(program.database.name + suffix)
    for _ in range(20):
        assert sender.send() == HTTPStatus.ACCEPTED
    log.unlink()
    sender.assert_refused("was deleted or replaced while in use")
    program.kill()
    program.start()
    sender.assert_accepted()
    assert program.run_here("verify", "--json").json["damage"] == []


def test_a_second_server_is_refused_by_whatever_name_it_calls_the_file(sender: Sender, tmp_path: Path) -> None:
    program = sender.program
    names = {"hard link": tmp_path / "hard.db", "symbolic link": tmp_path / "soft.db", "folder": tmp_path / "folder" / "a.db"}
    names["hard link"].hardlink_to(program.database)
    names["symbolic link"].symlink_to(program.database)
    names["folder"].parent.symlink_to(program.database.parent)
    names["folder"] = names["folder"].with_name(program.database.name)
    for name in names.values():
        commands = Commands(name)
        for command in (["serve", "--port", "0"], ["rebuild"]):
            assert "already serves" in commands(*command, code=1).err
    # By a hard link SQLite would keep another log, so no command may use it at all; a symbolic link it follows.
    assert "under another name" in Commands(names["hard link"])("credential", "list", code=1).err
    Commands(names["symbolic link"])("credential", "list")
    sender.assert_accepted()


def test_a_second_server_is_refused_where_the_file_is_mounted(sender: Sender, tmp_path: Path) -> None:
    mounted = tmp_path / "mounted.db"
    mounted.touch()
    if os.getuid() or subprocess.run(["mount", "--bind", sender.program.database, mounted], check=False).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        assert "under another name" in Commands(mounted)("serve", "--port", "0", code=1).err
        assert "under another name" in Commands(mounted)("credential", "list", code=1).err
    finally:
        subprocess.run(["umount", mounted], check=True)


def test_a_copy_without_its_log_is_told_from_a_whole_one(sender: Sender, tmp_path: Path, target: str) -> None:
    program, folder = sender.program, tmp_path / "copies"
    folder.mkdir()
    torn, whole = folder / "torn.db", folder / "whole.db"
    shutil.copy(program.database, torn)
    for suffix in ("", "-wal"):
        shutil.copy(f"{program.database}{suffix}", f"{whole}{suffix}")
    here = Commands(folder / "here.db")
    move = ("move", "--to", target, "--from")
    for command in (["restore", str(torn)], [*move, f"sqlite:///{torn}"]):
        refused = here(*command, code=1)
        assert "without its -wal file" in refused.err
        assert "--as-it-is" in refused.err
    examined = Commands(torn)("doctor", "--json", code=1).json
    assert "copy" in {finding["subject"] for finding in examined["findings"]}
    here("restore", str(torn), "--as-it-is")
    here("restore", str(whole), "--force")
    assert {one for (one,) in ask(here.url, "SELECT receipt_id FROM receipt WHERE protocol = 'opsgenie'")} == set(
        sender.acknowledged
    )
    here(*move, f"sqlite:///{whole}")
    assert ask(target, "SELECT count(*) FROM receipt WHERE protocol = 'opsgenie'") == [(len(sender.acknowledged),)]


def test_the_file_of_a_server_that_was_killed_is_no_copy(sender: Sender, tmp_path: Path) -> None:
    program = sender.program
    program.kill()
    commands = Commands(program.database)
    commands("credential", "list")  # it moves the log into the file, and removes it
    commands("doctor")
    shutil.copy(program.database, tmp_path / "copy.db")
    Commands(tmp_path / "here.db")("restore", str(tmp_path / "copy.db"))
    assert ask(f"sqlite:///{tmp_path}/here.db", "SELECT count(*) FROM receipt WHERE protocol = 'opsgenie'") == [(1,)]
