"""``shipledger move``: from a SQLite file to a real PostgreSQL database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shipledger.clock import Clock
from shipledger.sealing.sealer import Sealer
from shipledger.store.server_lock import server_lock
from tests.support.commands import Commands
from tests.support.pen import Pen, new_pen
from tests.support.postgres import shared_server
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
    assert (verified["chains"][0]["seals"], verified["chains"][0]["entries"]) == (2, 21)


def test_an_interrupted_move_goes_on_where_it_stopped(full: Commands, database: Path, target: str) -> None:
    command = ("move", "--from", f"sqlite:///{database}", "--to", target, "--json")
    whole = full(*command).json
    delete(
        target,
        "DELETE FROM verdict",
        "DELETE FROM entry WHERE deployment_id IN (SELECT deployment_id FROM entry ORDER BY deployment_id DESC LIMIT 7)",
    )
    again = full(*command).json
    rows = sum(whole["tables"].values())
    assert again["resumed_rows"] == rows - whole["tables"]["verdict"] - 7
    assert again["digest"] == whole["digest"]


def test_a_target_that_differs_is_never_called_equal(full: Commands, database: Path, target: str) -> None:
    command = ("move", "--from", f"sqlite:///{database}", "--to", target)
    full(*command)
    delete(target, "UPDATE deployment SET state = 'failed' WHERE deployment_id = (SELECT min(deployment_id) FROM deployment)")
    assert "The table deployment of the target differs" in full(*command, code=1).err


def test_a_target_with_more_is_refused_before_anything_is_written(full: Commands, database: Path, target: str) -> None:
    full("organization", "create", "other", "--database", target)
    full("organization", "create", "third", "--database", target)
    refused = full("move", "--from", f"sqlite:///{database}", "--to", target, code=1)
    assert "The table organization of the target has more rows" in refused.err


def test_a_ledger_that_is_served_is_not_moved(full: Commands, database: Path, target: str) -> None:
    with server_lock(f"sqlite:///{database}"):
        assert "already serves" in full("move", "--from", f"sqlite:///{database}", "--to", target, code=1).err


@pytest.mark.parametrize("source, target", [("sqlite:///none.db", "postgresql://h/d"), ("sqlite:///a.db", "sqlite:///b.db")])
def test_what_cannot_be_moved_is_told(cli: Commands, source: str, target: str) -> None:
    assert cli("move", "--from", source, "--to", target, code=1 if "none" in source else 2).err
