"""The program as a whole: help, version, errors, completion, start-up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shipledger.cli.main import COMMANDS
from tests.support.commands import Commands
from tests.support.program import PROGRAM


def test_help_names_every_command(cli: Commands) -> None:
    shown = cli("--help").out

    assert [entry.name for entry in COMMANDS if f"  {entry.name} " not in shown] == []


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_command_explains_itself(cli: Commands, entry) -> None:
    assert "Usage: root" in cli(entry.name, "--help").out.replace("shipledger", "root")


def test_version_is_printed(cli: Commands) -> None:
    assert cli("--version").out.startswith("shipledger ")


def test_a_misspelt_command_is_a_usage_error_with_a_suggestion(cli: Commands) -> None:
    assert "Did you mean 'serve'" in cli("serv", code=2).err


@pytest.mark.parametrize(
    "arguments",
    [
        ["credential", "create", "opsgenie"],
        ["credential", "create", "other", "--name", "x"],
        ["receipts", "list", "--limit", "0"],
    ],
)
def test_wrong_use_ends_with_2(cli: Commands, arguments: list[str]) -> None:
    cli(*arguments, code=2)


def test_a_setting_that_does_not_fit_is_one_sentence_and_ends_with_2(cli: Commands) -> None:
    failed = cli("credential", "list", environment={"SHIPLEDGER_PORT": "eighty"}, code=2)

    assert failed.err.count("\n") == 1
    assert failed.err.startswith("shipledger: ")
    assert "port" in failed.err


@pytest.mark.both_stores
def test_a_database_that_cannot_be_opened_ends_with_3(cli: Commands, tmp_path: Path) -> None:
    (tmp_path / "other.db").write_bytes(b"no database at all, but long enough to look like one" * 100)
    away = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1"
    settings = {"SHIPLEDGER_TOKEN_KEY": "a-key-for-a-database-without-a-folder"}

    for url in (f"sqlite:///{tmp_path / 'other.db'}", away):
        failed = cli("credential", "list", "--database", url, code=3, environment=settings)
        assert failed.err.count("\n") == 1
        assert failed.out == ""


def test_what_is_not_there_ends_with_1(cli: Commands) -> None:
    assert "There is no organization 'nobody'" in cli("credential", "list", "--organization", "nobody", code=1).err


def test_commands_and_their_options_can_be_completed() -> None:
    def complete(words: str) -> str:
        variables = {**os.environ, "_SHIPLEDGER_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": "2"}
        return subprocess.run([PROGRAM], env=variables, capture_output=True, text=True, check=False).stdout

    assert complete("shipledger credential rev").split() == ["revoke"]
    assert "--environment-type" in complete("shipledger record --envir").split()


def test_help_and_serve_import_nothing_heavy() -> None:
    heavy = ["alembic", "sqlalchemy", "httpx2", "rich.progress"]
    script = "import sys, shipledger.cli.main, shipledger.cli.serve, shipledger.serving; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()

    assert [name for name in heavy if name in loaded] == []
