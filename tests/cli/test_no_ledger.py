"""Where no ledger is, commands that look at one or change one say so and create nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from shipledger.cli.issue_site import TOKEN_VARIABLE
from tests.support.commands import Commands, list_commands
from tests.support.postgres import shared_server

BEGINNINGS = {
    *("serve", "demo", "restore", "move", "database distribute", "link"),
    *("user create", "credential create", "organization create", "service create", "connect install"),
}
"""Commands that people begin with, and one that looks for a key alone."""

VALUES = {
    "backup": ("{folder}/new.db",),
    "deployments merge": ("x", "y", "--reason", "x"),
    "deployments split": ("x", "--reason", "x"),
    "deployments split-runs": ("x", "--reason", "x"),
    "inbox ignore": ("environment", "x"),
    "inbox restore": ("environment", "x"),
    "export": ("{folder}/new.zip",),
    "erase": ("--credential", "x"),
    "search": ("xy",),
    "compare": ("production",),
    "environment set": ("x", "testing"),
    "environment rules add": ("x*", "testing"),
    "environment rules remove": ("1",),
    "service relate": ("x", "contains", "y"),
    "service unrelate": ("x", "contains", "y"),
    "setting get": ("silence_limit_hours",),
    "setting set": ("silence_limit_hours", "1"),
    "setting unset": ("silence_limit_hours",),
    "token create": ("x", "--name", "x", "--scope", "read"),
    "user set-role": ("x", "--role", "viewer"),
    "outbox redeliver": ("x",),
    "outbox give-up": ("x",),
    "outbox target add": ("https://example.com/hook", "--topic", "gate.decided"),
    "issues mode": ("open",),
    "issues services": ("any",),
    "issues connect": ("https://jira.example.com", "--account", "x"),
    "issues import": ("{folder}/issues.csv",),
}
"""What to give those for which no ``x`` will do, or that need more than they say."""


ISSUE_TOKEN = {TOKEN_VARIABLE: "x"}


def arguments_of(name: str, command: Any, folder: Path) -> list[str]:
    """The command with what it needs, and a yes to what it may ask."""
    given = [value.format(folder=folder) for value in VALUES.get(name, ())]
    if not given:
        for one in (one for one in command.params if one.required):
            given += ["x"] if one.param_type_name == "argument" else [one.opts[0], "x"]
    (folder / "issues.csv").write_text("Issue key\n")
    has_yes = any("--yes" in one.opts for one in command.params)
    return [*name.split(), *given, *(["--yes"] if has_yes else [])]


LOOKING = {
    name.removeprefix("shipledger "): command
    for name, command in list_commands().items()
    if name.removeprefix("shipledger ") not in BEGINNINGS and any("--database" in one.opts for one in command.params)
}


def files_in(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_size for path in folder.rglob("*")}


@pytest.mark.parametrize("name", sorted(LOOKING))
def test_without_a_ledger_in_the_file_it_says_so_and_creates_nothing(tmp_path: Path, name: str) -> None:
    empty = tmp_path / "empty.db"
    empty.touch(mode=0o600)
    for file in (tmp_path / "folder" / "none.db", empty):
        arguments = arguments_of(name, LOOKING[name], tmp_path)
        before = files_in(tmp_path)
        done = Commands(file)(*arguments, environment=ISSUE_TOKEN, code=1)
        said = f"{done.out}{done.err}"
        assert f"There is no ledger at {file}." in said
        assert "proven" not in said
        assert files_in(tmp_path) == before


@pytest.fixture(scope="module")
def empty_database() -> Iterator[str]:
    """The address of a PostgreSQL database in which nothing is."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        yield runner.run(stack.enter_async_context(shared_server().new_database()))
        runner.run(stack.aclose())


@pytest.mark.parametrize("name", ["credential list", "doctor", "erase", "export", "rebuild", "verify"])
def test_without_a_ledger_in_the_database_it_says_so_and_creates_nothing(tmp_path: Path, empty_database: str, name: str) -> None:
    settings = {"token_key": "a-key-for-a-database-without-a-folder", "git_folder": str(tmp_path / "git")}
    arguments = arguments_of(name, LOOKING[name], tmp_path)
    before = files_in(tmp_path)
    said = Commands(empty_database, **settings)(*arguments, environment=ISSUE_TOKEN, code=1)
    assert "There is no ledger" in f"{said.out}{said.err}"
    assert asyncio.run(count_tables(empty_database)) == 0
    assert files_in(tmp_path) == before


async def count_tables(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
    finally:
        await connection.close()
