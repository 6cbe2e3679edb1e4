"""``shipledger move``: from a SQLite file to a real PostgreSQL database."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shipledger.clock import Clock
from shipledger.sealing.sealer import Sealer
from shipledger.store.moving.target import Target
from shipledger.store.server_lock import server_lock
from tests.support.commands import Commands
from tests.support.contents import read_rows
from tests.support.pen import Pen, new_pen
from tests.support.postgres import shared_server
from tests.support.questions import ask
from tests.support.stores import opened

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)


async def record_some(pen: Pen) -> None:
    for number in range(20):
        await pen.record(at=NOW + timedelta(hours=number), title=f"Release {number} \N{ROCKET}", external_id=f"build-{number}")


async def digests(url: str) -> object:
    async with opened(url) as store:
        return await store.digest_projections()


@pytest.fixture
def full(cli: Commands, write) -> Commands:
    """The command line over a ledger with deployments, an app with an encrypted secret, and a service."""
    write(record_some)
    cli("credential", "create", "jira-connect", "--name", "app")
    cli("service", "create", "checkout")
    return cli


@pytest.fixture
def target() -> Iterator[str]:
    """The address of an empty database."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        yield runner.run(stack.enter_async_context(shared_server().new_database()))
        runner.run(stack.aclose())


def delete(url: str, *statements: str) -> None:
    name = url.rpartition("/")[2]
    for statement in statements:
        asyncio.run(shared_server().execute(statement, database=name))


def test_everything_is_there_after_the_move_and_both_sides_have_one_hash(full: Commands, database: Path, target: str) -> None:
    source = f"sqlite:///{database}"
    moved = full("move", "--from", source, "--to", target, "--json").json
    assert moved["tables"]["deployment"] == 20
    assert moved["tables"]["connect_app"] == 1
    assert moved["resumed_rows"] == 0
    assert asyncio.run(digests(source)) == asyncio.run(digests(target))
    verified = Commands(database)("verify", "--database", target, "--json").json
    assert verified["verification"]["deployments"] == 20
    assert verified["verification"]["differences"] == 0
    assert verified["damage"] == []
    assert asyncio.run(read_rows(target))["projection_rules"] == [{"id": 1, "revision": 1, "is_imported": 1}]


async def seal(pen: Pen) -> None:
    sealer = Sealer(pen.store, Clock())
    await sealer.seal(pen.organization_id, until=await sealer.find_heads(pen.organization_id))


async def record_one_and_seal(url: str) -> None:
    async with opened(url) as store:
        pen = await new_pen(store, now=NOW)
        await pen.record(at=NOW + timedelta(days=2), title="After the move")
        await seal(pen)


def test_the_chain_of_seals_goes_on_after_the_move(full: Commands, write, database: Path, target: str) -> None:
    write(seal)
    noted = full("verify", "--json").json["chains"][0]["head"]
    full("move", "--from", f"sqlite:///{database}", "--to", target)
    asyncio.run(record_one_and_seal(target))
    verified = full("verify", "--database", target, "--expect-head", noted, "--json").json
    assert verified["damage"] == []
    assert (verified["chains"][0]["seals"], verified["chains"][0]["entries"]) == (2, 23)


def test_a_move_that_was_finished_is_only_proven_again(full: Commands, database: Path, target: str) -> None:
    command = ("move", "--from", f"sqlite:///{database}", "--to", target, "--json")
    whole = full(*command).json
    again = full(*command).json
    assert (again["resumed_rows"], again["digest"]) == (sum(whole["tables"].values()), whole["digest"])
    delete(target, "DELETE FROM verdict")
    assert "The target's table verdict has fewer rows" in full(*command, code=1).err
    assert ask(target, "SELECT count(*) FROM verdict") == [(0,)]


def test_what_something_wrote_to_the_source_meanwhile_is_told(
    full: Commands, database: Path, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("move", "--from", f"sqlite:///{database}", "--to", target)
    append = Target.append

    async def append_and_write(*given: Any) -> None:
        with sqlite3.connect(database) as connection:
            connection.execute("UPDATE organization SET name = name || '.'")
        connection.close()
        await append(*given)

    with monkeypatch.context() as patched:
        patched.setattr(Target, "append", append_and_write)
        assert "The source was written to" in full(*command, code=1).err
    assert "move --undo" in full("credential", "list", "--database", target, code=1).err
    full("move", "--undo", "--to", target)
    full(*command)


def test_a_database_that_is_served_takes_no_ledger(full: Commands, database: Path, target: str) -> None:
    async def move_beside_a_node() -> None:
        async with opened(target) as store:
            await store.register_node("living")
            command = ("move", "--from", f"sqlite:///{database}", "--to", target)
            assert "1 servers use this database" in (await asyncio.to_thread(full, *command, code=1)).err

    asyncio.run(move_beside_a_node())


def test_nothing_is_undone_where_nothing_was_interrupted(full: Commands, database: Path, target: str) -> None:
    full("move", "--from", f"sqlite:///{database}", "--to", target)
    assert "nothing to undo" in full("move", "--undo", "--to", target, code=1).err
    assert ask(target, "SELECT count(*) FROM deployment") == [(20,)]
    assert full("move", "--to", target, code=2).err


def test_a_target_that_differs_is_never_called_equal(full: Commands, database: Path, target: str) -> None:
    command = ("move", "--from", f"sqlite:///{database}", "--to", target)
    full(*command)
    delete(target, "UPDATE deployment SET state = 'failed' WHERE deployment_id = (SELECT min(deployment_id) FROM deployment)")
    assert "The target's table deployment differs" in full(*command, code=1).err


def test_a_target_with_another_ledger_is_refused_before_anything_is_written(full: Commands, database: Path, target: str) -> None:
    full("organization", "create", "other", "--database", target)
    full("organization", "create", "third", "--database", target)
    refused = full("move", "--from", f"sqlite:///{database}", "--to", target, code=1)
    assert "The target's table deployment has fewer rows" in refused.err
    assert ask(target, "SELECT count(*) FROM deployment") == [(0,)]


def test_a_ledger_that_is_served_is_not_moved(full: Commands, database: Path, target: str) -> None:
    with server_lock(f"sqlite:///{database}"):
        assert "already serves" in full("move", "--from", f"sqlite:///{database}", "--to", target, code=1).err


@pytest.mark.parametrize("source, target", [("sqlite:///none.db", "postgresql://h/d"), ("sqlite:///a.db", "sqlite:///b.db")])
def test_what_cannot_be_moved_is_told(cli: Commands, source: str, target: str) -> None:
    assert cli("move", "--from", source, "--to", target, code=1 if "none" in source else 2).err
