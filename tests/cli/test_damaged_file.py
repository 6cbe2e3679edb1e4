"""Whatever byte of a ledger is flipped: commands say so in a sentence, and nobody says that all is well."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
from http import HTTPStatus
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shipledger.errors import ShipledgerError
from shipledger.protocols.registry import load_settings
from shipledger.serving import serve
from tests.support.commands import Commands
from tests.support.damage import PAGE_BYTES, find_page, flip, list_pages, make_ledger, read_recorded, wreck
from tests.support.server import serving

OTHERS = (
    ("receipts", "list", "--limit", "1000"),
    ("receipts", "list", "--find", "build-7"),
    ("receipts", "show", "none"),
    ("credential", "list"),
    ("credential", "create", "opsgenie", "--name", "x"),
    ("organization", "list"),
    ("service", "list"),
    ("issues", "list"),
    ("environment", "list"),
    ("gate", "list"),
    ("packs", "list"),
    ("erase", "receipt", "none"),
    ("backup", "backup.db", "--force"),
    ("export", "archive.zip"),
    ("rebuild",),
    ("serve",),
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, database_template: Path) -> Path:
    """A ledger with pages of every kind."""
    file = Path(shutil.copy(database_template, tmp_path_factory.mktemp("sound") / "ledger.db"))
    make_ledger(file, deployments=150)
    assert {len(pages) > 0 for pages in list_pages(file).values()} == {True}
    assert len(list_pages(file)) == 6
    return file


@pytest.fixture
def file(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sound, tmp_path / "ledger.db"))


def run(cli: Commands, file: Path, *command: str) -> int:
    """The exit code of a command, which must not end with a trace."""
    if command == ("serve",):
        return start_and_stop(file)
    done = cli(*(str(file.parent / part) if "." in part else part for part in command), code=None)
    assert "Traceback" not in done.out + done.err
    if done.code:
        assert done.out + done.err
    return done.code


def start_and_stop(file: Path) -> int:
    try:
        served = load_settings(port=0, database_url=f"sqlite:///{file}")
        asyncio.run(serve(served, announce=lambda *_: os.kill(os.getpid(), signal.SIGTERM)))
    except (ShipledgerError, sqlite3.Error):  # what the command tells in a sentence
        return 1
    return 0


@settings(max_examples=max(10, settings().max_examples // 5), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_byte_is_flipped_no_command_fails_with_a_trace_and_damage_is_noticed(
    sound: Path, tmp_path: Path, data: st.DataObject
) -> None:
    pages = list_pages(sound)
    page = data.draw(st.sampled_from(pages[data.draw(st.sampled_from(sorted(pages)))]))
    offset = data.draw(st.integers(0, PAGE_BYTES - 1) | st.integers(0, 120))
    mask = data.draw(st.integers(1, 255))
    other = data.draw(st.sampled_from(OTHERS))
    for left in tmp_path.iterdir():
        left.unlink() if left.is_file() else shutil.rmtree(left)
    file = Path(shutil.copy(sound, tmp_path / "ledger.db"))
    flip(file, page, offset, mask)
    cli = Commands(file)
    is_harmed = read_recorded(file) != read_recorded(sound)

    codes = {command: run(cli, file, command) for command in ("doctor", "verify")}
    run(cli, file, *other)

    assert not is_harmed or any(codes.values()), "nobody noticed"


@pytest.mark.parametrize("kind", ["leaf of a table", "leaf of an index", "interior of a table", "interior of an index", "free"])
def test_a_damaged_page_is_named_and_every_command_says_what_to_do(file: Path, kind: str) -> None:
    for page in list_pages(file)[kind][:3]:
        wreck(file, page)
    cli = Commands(file)

    examined = cli("doctor", "--json", code=1).json["findings"]

    named = [one for one in examined if one["subject"] == "integrity"]
    assert named
    assert all("shipledger restore" in one["advice"] for one in named)
    verified = cli("verify", code=1)
    assert "shipledger restore" in verified.out + verified.err
    refused = cli("backup", str(file.parent / "backup.db"), code=1)
    assert "shipledger restore" in refused.err
    assert not (file.parent / "backup.db").exists()


def test_a_server_does_not_start_on_a_damaged_page(file: Path) -> None:
    wreck(file, list_pages(file)["leaf of a table"][-1])
    refused = Commands(file)("serve", "--port", "0", code=1)
    assert "damaged" in refused.err
    assert "shipledger restore" in refused.err


def test_a_large_file_is_checked_beside_the_server_which_is_not_ready_then(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shipledger.store.sqlite.page_watch.AT_ONCE_BYTES", 1)
    Commands(file)("rebuild")  # or the server would do it at its start, and meet the page
    wreck(file, find_page(file, "deployment_release"))

    async def run() -> dict[str, str]:
        async with serving(file) as server, server.client() as client:
            assert server.app.page_watch is not None
            while server.app.page_watch.describe_damage() is None:  # noqa: ASYNC110  a thread gives no signal to a test
                await asyncio.sleep(0.05)
            found = await client.get("/readyz")
            assert found.status_code == HTTPStatus.SERVICE_UNAVAILABLE
            return dict(found.json()["checks"])

    assert "shipledger restore" in asyncio.run(run())["pages"]


def test_a_sound_file_is_said_to_be_sound(file: Path) -> None:
    findings = Commands(file)("doctor", "--json").json["findings"]
    assert {one["subject"]: one["level"] for one in findings} | {"integrity": "ok", "records": "ok"} == {
        one["subject"]: one["level"] for one in findings
    }


def test_a_quick_look_says_that_damage_would_not_be_seen(file: Path) -> None:
    assert "--quick" in Commands(file)("doctor", "--quick").out


def test_a_damaged_file_is_not_rebuilt(file: Path) -> None:
    wreck(file, list_pages(file)["leaf of an index"][-1])
    before = read_recorded(file)

    refused = Commands(file)("rebuild", code=1)

    assert "cannot repair" in refused.err
    assert read_recorded(file) == before
