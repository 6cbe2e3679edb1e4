"""The token key of a ledger is missing, or another one: nobody goes on with the wrong key, and it is said what to do."""

from __future__ import annotations

import asyncio
import os
import signal
from http import HTTPStatus
from pathlib import Path

import pytest

from shipledger.protocols.registry import load_settings
from shipledger.serving import serve
from tests.support.commands import Commands
from tests.support.lent_databases import borrowed_ledger_database
from tests.support.server import serving

KEYS = [f"key {number} of tests, which no installation has" for number in range(3)]
SEALING = ("credential", "create", "jira-connect", "--name", "app")
SIGNING = ("credential", "create", "iftrue", "--name", "ci")


def key_of(database: Path) -> Path:
    return database.with_name(database.name + ".token-key")


def start_and_stop(url: str, **settings: str) -> None:
    served = load_settings(port=0, database_url=url, **settings)
    asyncio.run(serve(served, announce=lambda *_: os.kill(os.getpid(), signal.SIGTERM)))


def assert_refused(cli: Commands, *, because: str) -> None:
    for command in (("serve", "--port", "0"), SEALING, SIGNING):
        refused = cli(*command, code=1).err
        assert because in refused
        assert "shipledger key adopt" in refused
    findings = cli("doctor", "--json", "--quick", code=1).json["findings"]
    assert any(because in one["sentence"] for one in findings if one["subject"] == "token key")


@pytest.mark.parametrize("first", ["serve", SEALING, SIGNING])
def test_a_key_that_is_missing_is_not_made_anew(database: Path, first: str | tuple[str, ...]) -> None:
    cli = Commands(database)
    start_and_stop(cli.url) if first == "serve" else cli(*first)
    key = key_of(database).read_bytes()
    key_of(database).unlink()

    assert_refused(cli, because=f"The token key of this ledger is missing: there is no file {key_of(database)}")
    assert not key_of(database).exists()

    key_of(database).write_bytes(key)
    start_and_stop(cli.url)
    cli(*SEALING)


def test_another_key_is_refused_until_it_is_adopted(database: Path) -> None:
    cli = Commands(database)
    cli(*SEALING)
    key_of(database).write_text("0" * 64)

    assert_refused(cli, because="belongs to another ledger")

    assert "Restart" in cli("key", "adopt").out
    start_and_stop(cli.url)
    cli(*SEALING)


def test_a_key_that_is_lost_is_made_anew_when_that_is_asked_for(database: Path) -> None:
    cli = Commands(database)
    cli(*SEALING)
    key_of(database).unlink()
    cli("key", "adopt", "--json")
    assert key_of(database).exists()
    start_and_stop(cli.url)


def test_a_damaged_key_is_refused_and_told(database: Path) -> None:
    cli = Commands(database)
    cli(*SEALING)
    key_of(database).write_text("no key")
    assert "damaged" in cli("serve", "--port", "0", code=3).err
    findings = cli("doctor", "--json", "--quick", code=1).json["findings"]
    assert any("damaged" in one["sentence"] for one in findings if one["subject"] == "token key")


def test_nodes_on_one_database_have_one_key_and_pass_to_the_next_one_by_one(tmp_path: Path) -> None:
    with borrowed_ledger_database() as url:
        cli = [Commands(url, token_key=key) for key in KEYS]
        rotating = Commands(url, token_key=KEYS[1], token_key_previous=KEYS[0])
        cli[0](*SEALING)
        assert "belongs to another ledger" in cli[1](*SEALING, code=1).err
        rotating(*SEALING)
        cli[0](*SEALING)  # a node that was not restarted yet
        rotating(*SEALING)
        cli[1](*SEALING)  # nobody needs the old one any more
        assert "belongs to another ledger" in cli[0](*SEALING, code=1).err
        assert "belongs to another ledger" in cli[2](*SEALING, code=1).err


def test_a_running_server_tells_that_its_key_is_gone_or_changed(database: Path) -> None:
    async def run() -> None:
        async with serving(database) as server, server.client() as client:

            async def told() -> str:
                answer = await client.get("/readyz")
                assert answer.status_code == HTTPStatus.OK  # it has read its key, and goes on
                return str(answer.json()["checks"]["token key"])

            async def until(words: str) -> None:
                async with asyncio.timeout(20):
                    while words not in await told():  # noqa: ASYNC110  a look at a file gives no signal
                        await asyncio.sleep(0.1)

            key = key_of(database).read_bytes()
            key_of(database).unlink()
            await until("is missing")
            key_of(database).write_text("0" * 64)
            await until("belongs to another ledger")
            key_of(database).write_bytes(key)
            await until("ok")

    asyncio.run(run())


def test_a_backup_without_its_key_is_not_served_with_a_new_one(database: Path, tmp_path: Path) -> None:
    Commands(database)(*SEALING)
    Commands(database)("backup", str(tmp_path / "backup.db"))
    restored = Commands(tmp_path / "other.db")
    restored("restore", str(tmp_path / "backup.db"))
    assert_refused(restored, because="is missing")


def archive_key_of(database: Path) -> Path:
    return database.with_name(database.name + ".archive-key")


@pytest.mark.parametrize("fault", ["missing", "another"])
def test_an_archive_is_signed_with_the_key_of_the_ledger_or_not_at_all(database: Path, tmp_path: Path, fault: str) -> None:
    cli = Commands(database)
    cli("organization", "list")
    first = cli("export", str(tmp_path / "first.zip"), "--json").json["public_key"]
    kept = archive_key_of(database).read_bytes()
    archive_key_of(database).unlink() if fault == "missing" else archive_key_of(database).write_text("1" * 64)

    refused = cli("export", str(tmp_path / "second.zip"), code=1).err
    assert "archive key" in refused
    assert "shipledger key adopt --archive" in refused
    assert not (tmp_path / "second.zip").exists()
    assert "archive key" in cli("doctor", "--quick", code=None).out
    archive_key_of(database).write_bytes(kept)
    assert cli("export", str(tmp_path / "third.zip"), "--json").json["public_key"] == first

    archive_key_of(database).unlink()
    cli("key", "adopt", "--archive")
    assert cli("export", str(tmp_path / "fourth.zip"), "--json").json["public_key"] != first


def test_a_link_that_opens_nothing_is_not_printed(database: Path) -> None:
    cli = Commands(database)
    cli(*SEALING)
    printed = cli("link").out
    other = cli("link", code=1, environment={"SHIPLEDGER_TOKEN_KEY": KEYS[0]})
    assert "belongs to another ledger" in other.err
    assert "link=" not in other.out
    assert cli("link").out == printed
