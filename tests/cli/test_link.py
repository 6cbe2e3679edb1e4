"""``shipledger link``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.commands import Commands

KEY = {"SHIPLEDGER_TOKEN_KEY": "a key of tests, which no installation has"}
LINK = re.compile(r"http://127\.0\.0\.1:8080/welcome\?link=[\w-]{43}\n")


@pytest.mark.both_stores
def test_it_is_the_same_wherever_the_key_is(cli: Commands) -> None:
    first, second = (cli("link", environment=KEY).out for _ in range(2))
    assert LINK.fullmatch(first)
    assert first == second
    assert cli("link", environment={"SHIPLEDGER_TOKEN_KEY": "x" * 32}).out != first
    assert cli("link", "--json", environment=KEY).json == {"link": first.strip()}


@pytest.mark.parametrize(
    "settings,base",
    [
        ({}, "http://127.0.0.1:8080"),
        ({"HOST": "0.0.0.0", "PORT": "9000"}, "http://127.0.0.1:9000"),  # noqa: S104  nothing listens there
        ({"HOST": "::"}, "http://[::1]:8080"),
        ({"HOST": "::1"}, "http://[::1]:8080"),
        ({"HOST": "192.0.2.7"}, "http://192.0.2.7:8080"),
        ({"HOST": "localhost"}, "http://localhost:8080"),
        ({"PUBLIC_URL": "https://ledger.example/"}, "https://ledger.example"),
    ],
)
def test_it_begins_with_the_address_of_the_settings(database: Path, settings: dict[str, str], base: str) -> None:
    variables = {**KEY, **{f"SHIPLEDGER_{name}": value for name, value in settings.items()}}
    assert Commands(database)("link", environment=variables).out.startswith(f"{base}/welcome?link=")


@pytest.mark.parametrize(
    "url", ["ledger.example", "ftp://ledger.example", "https://", "http://[", "http://a:x", "http://a:99999"]
)
def test_an_address_that_is_none_ends_with_2(database: Path, url: str) -> None:
    assert "https://ledger.example.com" in Commands(database)("link", "--url", url, environment=KEY, code=2).err


def test_any_free_port_is_no_address(database: Path) -> None:
    assert "--url" in Commands(database)("link", environment={**KEY, "SHIPLEDGER_PORT": "0"}, code=2).err


def test_where_no_ledger_is_it_says_so_and_makes_nothing(tmp_path: Path) -> None:
    for environment in ({}, KEY):
        done = Commands(tmp_path / "none" / "ledger.db")("link", environment=environment, code=1)
        assert "There is no ledger at" in done.err
        assert not done.out
    assert list(tmp_path.iterdir()) == []


def test_where_no_key_is_it_says_who_has_it_and_makes_none(database: Path) -> None:
    done = Commands(database)("link", code=1)
    assert "as the server's user" in done.err
    assert not database.with_name(f"{database.name}.token-key").exists()


def test_where_somebody_has_an_account_there_is_no_link_but_a_way_to_a_new_password(cli: Commands) -> None:
    cli("user", "create", "ada@example.com", "--role", "administrator", environment=KEY)
    assert "shipledger user reset" in cli("link", environment=KEY, code=1).err


def test_pages_that_are_off_have_no_link(database: Path) -> None:
    assert "are off" in Commands(database)("link", environment={**KEY, "SHIPLEDGER_PAGES": "off"}, code=1).err
