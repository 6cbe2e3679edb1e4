"""An operation of several steps that is killed bars the ledger, which says what to run, and that finishes it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.commands import Commands
from tests.support.contents import brought, read_contents
from tests.support.killed import run_killed
from tests.support.pen import Pen, new_pen
from tests.support.postgres import shared_server
from tests.support.questions import ask
from tests.support.stores import opened

pytestmark = pytest.mark.smoke

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)
STORES = ["sqlite", "postgres"]
KEY = {"SHIPLEDGER_TOKEN_KEY": "a key of tests, which no installation has"}

MOVE_STEPS = [
    ("shipledger.store.moving.target:Target.append", 1, "before"),
    ("shipledger.store.moving.target:Target.append", 3, "after"),
    ("shipledger.store.moving.move:_compare", 1, "before"),
    ("shipledger.store.postgres.store:PostgresStore.forget_unfinished", 1, "before"),
]
UNDO_STEPS = [
    ("shipledger.store.moving.target:Target.clear", 1),
    ("shipledger.store.moving.target:call", 3),  # the tables are emptied, and that is not committed
]
RESTORE_STEPS = [
    ("shipledger.store.sqlite.backup:_set_aside", 1, "before"),
    ("shipledger.store.sqlite.backup:_set_aside", 1, "after"),
    ("shipledger.cli.restore:restore_key", 1, "before"),
    ("shipledger.cli.restore:restore_key", 1, "after"),
    ("shipledger.cli.restore:end_mark", 2, "before"),
]


async def fill(url: str) -> None:
    """A few deployments."""
    async with opened(url) as store:
        pen: Pen = await new_pen(store, now=NOW)
        for number in range(5):
            await pen.record(at=NOW + timedelta(hours=number), title=f"Release {number}", external_id=f"build-{number}")


@pytest.fixture
def cli(database: Path) -> Commands:
    """The command line over a file with a few deployments."""
    asyncio.run(fill(f"sqlite:///{database}"))
    return Commands(database)


@pytest.fixture
def target() -> Iterator[str]:
    """The address of an empty database."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        yield runner.run(stack.enter_async_context(shared_server().new_database()))
        runner.run(stack.aclose())


@pytest.fixture
async def filled_url(store: str, database: Path) -> AsyncIterator[str]:
    """The address of a database of the kind ``store`` with a few deployments."""
    if store == "sqlite":
        await fill(f"sqlite:///{database}")
        yield f"sqlite:///{database}"
    else:
        async with shared_server().new_database() as url:
            await fill(url)
            yield url


BARRED = (
    ("credential", "list"),
    ("serve", "--port", "0"),
    ("credential", "create", "opsgenie", "--name", "x"),
    ("verify",),
    ("receipts", "list"),
)


def assert_barred(url: str, remedy: str, *, commands_tried: int = 1) -> None:
    """The program serves nothing from it, and every command but the doctor ends with what to run."""
    commands = Commands(url, token_key=KEY["SHIPLEDGER_TOKEN_KEY"])
    for command in BARRED[:commands_tried]:
        assert remedy in commands(*command, code=1).err
    examined = commands("doctor", "--json", code=1).json
    assert any(remedy in finding["sentence"] for finding in examined["findings"])


@pytest.mark.parametrize("step, call, when", MOVE_STEPS)
def test_a_move_that_is_killed_bars_its_target_until_it_is_gone_on_with(
    cli: Commands, database: Path, target: str, step: str, call: int, when: str
) -> None:
    command = ("move", "--from", f"sqlite:///{database}", "--to", target)
    run_killed(step, *command, environment=KEY, call=call, when=when)
    tried = len(BARRED) if (step, call, when) == MOVE_STEPS[0] else 1
    assert_barred(target, f"shipledger move --from sqlite:///{database}", commands_tried=tried)
    cli(*command)
    assert cli("verify", "--database", target, "--json").json["damage"] == []
    assert ask(target, "SELECT count(*) FROM deployment") == [(5,)]
    assert cli("verify", "--json").json["damage"] == []  # the source is as it was


def test_a_move_that_is_killed_is_undone_also_when_that_is_killed(cli: Commands, database: Path, target: str) -> None:
    step, call, when = MOVE_STEPS[1]
    run_killed(step, "move", "--from", f"sqlite:///{database}", "--to", target, environment=KEY, call=call, when=when)
    undo = ("move", "--undo", "--to", target)
    for step, call in UNDO_STEPS:
        run_killed(step, *undo, environment=KEY, call=call)
        assert "move --undo" in cli("credential", "list", "--database", target, code=1).err
    cli(*undo)
    assert ask(target, "SELECT count(*) FROM receipt") == [(0,)]
    assert "nothing to undo" in cli(*undo, code=1).err
    cli("move", "--from", f"sqlite:///{database}", "--to", target)


def test_a_move_from_another_file_does_not_go_on_with_one_that_was_killed(
    cli: Commands, database: Path, target: str, tmp_path: Path
) -> None:
    step, call, when = MOVE_STEPS[1]
    run_killed(step, "move", "--from", f"sqlite:///{database}", "--to", target, environment=KEY, call=call, when=when)
    cli("backup", str(tmp_path / "other.db"))
    refused = cli("move", "--from", f"sqlite:///{tmp_path}/other.db", "--to", target, code=1)
    assert f"shipledger move --from sqlite:///{database}" in refused.err


@pytest.mark.parametrize("step, call, when", RESTORE_STEPS)
def test_a_restore_that_is_killed_bars_the_ledger_until_it_is_done_again(
    cli: Commands, database: Path, tmp_path: Path, step: str, call: int, when: str
) -> None:
    backup = tmp_path / "elsewhere" / "backup.db"
    backup.parent.mkdir()
    cli("credential", "create", "jira-connect", "--name", "app")  # it makes a key
    cli("backup", str(backup), "--with-key")
    contents, key = read_contents(database), key_of(database).read_bytes()
    key_of(database).write_text("0" * 64)
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE organization SET name = 'later'")
    connection.close()
    later = read_contents(database)

    run_killed(step, "restore", str(backup), "--force", environment={"SHIPLEDGER_DATABASE_URL": cli.url}, call=call, when=when)

    tried = len(BARRED) if (step, call, when) == RESTORE_STEPS[0] else 1
    assert_barred(cli.url, f"shipledger restore {backup} --force", commands_tried=tried)
    assert "restore" in cli("backup", str(tmp_path / "again.db"), code=1).err
    cli("restore", str(backup), "--force")
    assert (read_contents(database), key_of(database).read_bytes()) == (brought(contents), key)
    asides = [path for path in database.parent.glob("shipledger.db.before-restore*") if not path.name.endswith(("-wal", "-shm"))]
    assert later in [read_contents(aside) for aside in asides]
    assert cli("verify", "--json").json["damage"] == []


def key_of(database: Path) -> Path:
    return database.with_name(database.name + ".token-key")


@pytest.mark.parametrize("store", STORES)
def test_a_rebuild_that_is_killed_bars_the_ledger_until_it_is_done_again(store: str, filled_url: str) -> None:
    step = f"shipledger.store.{store}.store:{store.title()}Store.save_projections"
    run_killed(step, "rebuild", environment={**KEY, "SHIPLEDGER_DATABASE_URL": filled_url})
    assert_barred(filled_url, "run `shipledger rebuild` again", commands_tried=len(BARRED))
    commands = Commands(filled_url, token_key=KEY["SHIPLEDGER_TOKEN_KEY"])
    commands("rebuild")
    assert commands("verify", "--json").json["damage"] == []


ERASURE_STEPS = [
    ("sqlite", "shipledger.erasure.run:Run.erase_receipts", 1, "before"),
    ("sqlite", "shipledger.erasure.run:Run.erase_subjects", 1, "before"),
    ("sqlite", "shipledger.store.erasure.verbs:SqlErasure.delete_credential", 1, "before"),
    *((store, "shipledger.store.erasure.verbs:SqlErasure.delete_credential", 1, "after") for store in STORES),
]


@pytest.mark.parametrize("store, step, call, when", ERASURE_STEPS)
def test_an_erasure_that_is_killed_is_told_until_it_is_done_again(filled_url: str, step: str, call: int, when: str) -> None:
    cli = Commands(filled_url, token_key=KEY["SHIPLEDGER_TOKEN_KEY"])
    ((credential_id,),) = ask(filled_url, "SELECT credential_id FROM credential")
    command = ("credential", "delete", credential_id, "--yes")

    run_killed(step, *command, environment={**KEY, "SHIPLEDGER_DATABASE_URL": filled_url}, call=call, when=when)

    examined = cli("doctor", "--json", "--quick", code=1).json["findings"]
    (told,) = [one["sentence"] for one in examined if one["subject"].startswith("erase")]
    assert f"shipledger credential delete --organization default {credential_id}" in told
    assert cli("verify", "--json").json["damage"] == []
    assert "ID" in cli("receipts", "list").out  # it can be used meanwhile
    cli(*command)
    assert ask(filled_url, "SELECT count(*) FROM unfinished") == [(0,)]


def test_uninstalling_an_app_that_is_killed_says_what_finishes_it(cli: Commands) -> None:
    made = cli("credential", "create", "jira-connect", "--name", "app", "--json").json
    run_killed(
        "shipledger.protocols.jira.installing:Installer.say_goodbye",
        *("connect", "uninstall", made["app_key"], "--yes"),
        environment={"SHIPLEDGER_DATABASE_URL": cli.url},
    )
    again = ("credential", "delete", "--organization", "default", made["id"])
    findings = cli("doctor", "--json", "--quick", code=1).json["findings"]
    assert any(" ".join(("shipledger", *again)) in one["sentence"] for one in findings)
    cli(*again, "--yes")
    assert ask(cli.url, "SELECT count(*) FROM unfinished") == [(0,)]
    assert ask(cli.url, "SELECT count(*) FROM connect_app") == [(0,)]
