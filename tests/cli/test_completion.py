"""What a shell offers for the values of options and arguments."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import typer
from typer._completion_classes import BashComplete

from shipledger.cli import completion
from shipledger.cli.main import build
from shipledger.deployments.listing import DeploymentFilter
from shipledger.ledger.state import State
from shipledger.store.sqlite.migrate import downgrade
from tests.cli.test_incidents import NOW, make_incident
from tests.support.commands import Commands, list_commands
from tests.support.pen import STAGING, Pen

FREE = {
    "WORDS": "what somebody looks for",
    "--protocol NAME": "one of five words, which the reference has",
    "OPEN_NAME": "of a list that is read first",
    "--database URL": "an address",
    "--from URL": "an address",
    "--to URL": "an address",
    "--url URL": "an address",
    "--link URL": "an address",
    "URL": "an address",
    "DESCRIPTOR": "an address or a file",
    "--host TEXT": "an address of this machine",
    "--account EMAIL": "somebody's",
    "--kind KIND": "one of a few words, which the help has",
    "--before PLACE": "printed at the end of a list",
    "--team TEAM=ROLE": "a team that no service may have yet, and a role",
    "ADDRESS": "new",
    "NEW": "new",
    "LOGIN": "a word of senders",
    "--not LOGIN": "a word of senders, which the command prints without it",
    "--name TEXT": "new",
    "NAME": "new",
    "--pipeline PIPELINE": "a sender's word that may never have been sent",
    "VALUE": "depends on the setting",
    "SLUG": "new",
    "PATTERN": "new",
    "--app-key TEXT": "new",
    "--repository TEXT": "of the checkout, unless told otherwise",
    "REVISION": "of the checkout",
    "--description TEXT": "prose",
    "--reason TEXT": "prose",
    "--message TEXT": "prose",
    "--find TEXT": "prose",
    "--team TEXT": "of another system",
    "--tag TEXT": "of another system",
    "--property NAME=VALUE": "of deployments, any number of them",
    "--since WHEN": "a time",
    "--left-at WHEN": "a time",
    "--right-at WHEN": "a time",
    "--until WHEN": "a time",
    "--started-at TIME": "a time",
    "--completed-at TIME": "a time",
    "--expires TEXT": "a time",
    "--public-key KEY": "kept elsewhere",
    "--expect-head HASH": "kept elsewhere",
}
"""What is written freely, and why."""
OVER_HTTP = {
    "shipledger",
    "shipledger record",
    "shipledger deployments correct",
    "shipledger deployments corrections",
    "shipledger deployments undo",
    "shipledger mark deployment",
    "shipledger mark incident",
    "shipledger pull-request list",
    "shipledger pull-request record",
    "shipledger pull-request show",
}
"""Where these run there is no ledger whose values could be offered."""


def list_values() -> list[tuple[str, Any]]:
    """Every argument and option of every command that takes a value, with its command."""
    return [
        (name.removeprefix("shipledger "), parameter)
        for name, command in list_commands().items()
        for parameter in command.params
        if not getattr(parameter, "is_flag", False) and name not in OVER_HTTP
    ]


def label_of(parameter: Any) -> str:
    option = next((name for name in parameter.opts if name.startswith("--")), "")
    return f"{option} {parameter.metavar or ('TEXT' if option else parameter.name.upper())}".strip()


def is_completed(parameter: Any) -> bool:
    return parameter._custom_shell_complete is not None


def offer(url: str, monkeypatch: pytest.MonkeyPatch, *words: str) -> list[str]:
    """What is offered for the last of the words."""
    monkeypatch.setenv("SHIPLEDGER_DATABASE_URL", url)
    monkeypatch.setenv("_SHIPLEDGER_COMPLETE", "complete_bash")
    monkeypatch.setattr(completion, "WAIT_SECONDS", 60.0)  # a busy machine is no fault here
    program = typer.main.get_command(build())
    shell = BashComplete(program, {}, "shipledger", "_SHIPLEDGER_COMPLETE")
    return [item.value for item in shell.get_completions(list(words[:-1]), words[-1])]


def test_every_value_is_completed_or_written_freely_for_a_reason() -> None:
    kinds = (int, float, Path)
    rest = [
        f"{name}: {label_of(parameter)}"
        for name, parameter in list_values()
        if not is_completed(parameter)
        and not parameter.type_descriptor.is_choice
        and not parameter.type_descriptor.is_path
        and not any(kind.__name__ in str(parameter.type_descriptor.annotation) for kind in kinds)
        and label_of(parameter) not in FREE
    ]
    assert not rest, rest


async def fill(pen: Pen) -> dict[str, str]:
    await pen.create_service("Checkout", "bitbucket.org/acme/checkout", at=NOW)
    await pen.record(at=NOW, state=State.SUCCESSFUL, environment=STAGING, issue_keys=("SHIP-1",), title="Release 7")
    await pen.store.save_records([make_incident(pen, 1)])
    receipt = await pen.quarantine(at=NOW, failure="?")
    (deployment,) = await pen.store.list_deployments(pen.organization_id, DeploymentFilter())
    return {"deployment": deployment.deployment_id, "receipt": receipt, "credential": pen.credential_id}


def test_values_come_from_the_ledger(cli: Commands, write, monkeypatch) -> None:
    ids = write(fill)
    cli("organization", "create", "acme")
    cli("credential", "create", "native", "--name", "our CI; rm -rf /", "--organization", "acme")
    offered = {
        ("deployments", "list", "--service", ""): "checkout",
        ("deployments", "list", "--environment", "sta"): "staging-eu",
        ("deployments", "list", "--state", "f"): "failed",
        ("deployments", "list", "--organization", "a"): "acme",
        ("deployments", "show", ids["deployment"][:8]): ids["deployment"],
        ("incidents", "show", ""): "01900000-0000-7000-8000-000000000001",
        ("receipts", "replay", ""): ids["receipt"],
        ("credential", "revoke", ""): ids["credential"],
        ("credential", "create", "native", "--name", "bit"): "bitbucket-ci",
        ("credential", "create", "native", "--organization", "acme", "--name", ""): "'our CI; rm -rf /'",
        ("erase", "--credential", ""): ids["credential"],
        ("issues", "where", "SH"): "SHIP-1",
        ("issues", "list", "--project", ""): "SHIP",
        ("service", "map-repository", "che"): "checkout",
        ("service", "map-repository", "checkout", "bit"): "bitbucket.org/acme/checkout",
        ("environment", "set", ""): "staging-eu",
        ("environment", "rules", "remove", ""): "1",
    }
    for words, value in offered.items():
        assert value in offer(cli.url, monkeypatch, *words), words
    assert offer(cli.url, monkeypatch, "credential", "revoke", "--organization", "nobody", "") == []
    other = ("deployments", "show", "--organization", "acme", "")
    assert offer(cli.url, monkeypatch, *other) == []


ASKING = [
    [*name.split(), parameter.opts[0], ""] if label_of(parameter).startswith("--") else [*name.split(), ""]
    for name, parameter in list_values()
    if is_completed(parameter) and parameter.name not in {"known", "pages", "scope", "topic"}
]


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_where_no_ledger_is_nothing_is_offered_and_nothing_created(tmp_path: Path, monkeypatch, capfd) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "empty.db").touch()
    (tmp_path / "text.db").write_text("no database" * 100)
    before = files_in(tmp_path)
    for words in ASKING:
        assert offer(f"sqlite:///{tmp_path}/folder/none.db", monkeypatch, *words) == []
    for url in (f"sqlite:///{tmp_path}/empty.db", f"sqlite:///{tmp_path}/text.db", f"sqlite:///{tmp_path}", "nonsense", AWAY):
        assert offer(url, monkeypatch, "deployments", "show", "") == []
    assert files_in(tmp_path) == before
    assert not (tmp_path / "folder").exists()
    assert not any(capfd.readouterr())


AWAY = "postgresql://nobody@127.0.0.1:1/none"


def test_an_older_ledger_is_not_migrated(database_template: Path, tmp_path: Path, monkeypatch) -> None:
    path = Path(shutil.copy(database_template, tmp_path / "old.db"))
    downgrade(path, "0020")
    before = files_in(tmp_path)
    assert offer(f"sqlite:///{path}", monkeypatch, "deployments", "show", "") == []
    assert files_in(tmp_path) == before


def test_the_log_that_a_killed_server_left_stays(database_template: Path, tmp_path: Path, monkeypatch) -> None:
    running, killed = tmp_path / "running.db", tmp_path / "killed.db"
    shutil.copy(database_template, running)
    with contextlib.closing(sqlite3.connect(running)) as connection:
        connection.execute("PRAGMA journal_mode = wal")
        connection.execute("INSERT INTO organization (organization_id, slug, name, created_us) VALUES ('1', 'acme', 'Acme', 1)")
        connection.commit()
        for suffix in ("", "-wal", "-shm"):
            shutil.copy(f"{running}{suffix}", f"{killed}{suffix}")
    log = Path(f"{killed}-wal").read_bytes()
    assert "acme" in offer(f"sqlite:///{killed}", monkeypatch, "deployments", "list", "--organization", "")
    assert Path(f"{killed}-wal").read_bytes() == log != b""
