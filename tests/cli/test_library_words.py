"""Whatever a command or a setting cannot use is refused in our words: never in those of a library, never with a trace."""

from __future__ import annotations

import errno
import os
import re
import socket
import sqlite3
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import msgspec
import pytest
import typer

from shipledger.cli.plain_words import in_plain_words
from shipledger.protocols.registry import settings_type
from shipledger.reasons import reason_of
from tests.support.commands import Commands, list_commands

LIBRARY = re.compile(
    r"Value error|Input should|unable to parse|Expected `|\$\.|%Y|validation error|Errno|Traceback|msgspec|pydantic|asyncpg"
    r"|sqlite3"
    r"|Error\(|<class|<built-in|NoneType|invalid literal|codec can't|Object missing|JSON is malformed|embedded null|Warning:"
    r"|ConnectError"
    r"|Connect call failed|Name or service"
)
UNFIT = ("9" * 400, "\u00e9\udcff")
SERVING = {"serve", "demo"}


def fill(parameter: Any, value: str) -> list[str]:
    return [value] if parameter.param_type_name == "argument" else [parameter.opts[0], value]


def list_calls() -> list[list[str]]:
    """Every argument and option of a command that takes a value, with each unfit one; the others as they must be.

    What has one name and one type in several commands of a group is one thing, and is tried once.
    """
    calls = []
    seen = set()
    for name, command in list_commands().items():
        words = name.split()[1:]
        for parameter in command.params if words else ():
            what = (words[0], parameter.opts[0], str(parameter.type_descriptor.annotation))
            if parameter.param_type_name == "option" and what in seen:
                continue
            seen.add(what)
            needed = [one for one in command.params if one.required and one is not parameter]
            rest = [word for one in needed for word in fill(one, "x")]
            is_flag = getattr(parameter, "is_flag", False) or (words[0] in SERVING and parameter.name != "port")
            calls += [[*words, *rest, *fill(parameter, value)] for value in UNFIT if not is_flag]
    return calls


def test_no_command_repeats_what_a_library_says_of_an_unfit_value(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = Commands(tmp_path / "none.db")
    calls = list_calls()
    assert len(calls) > 200
    for arguments in calls:
        done = run(*arguments, code=None)
        assert done.code in range(4), arguments
        assert not LIBRARY.search(done.out + done.err), (arguments, done.err)
        for file in tmp_path.glob("none.db*"):  # made by a command that begins one: opening it takes others long
            file.unlink()


@pytest.mark.parametrize("name", settings_type().__struct_fields__)
def test_no_setting_is_refused_in_the_words_of_a_library(tmp_path: Path, name: str) -> None:
    for value in (*UNFIT, "", "[1]"):
        done = Commands(tmp_path / "none.db")("credential", "list", environment={f"SHIPLEDGER_{name.upper()}": value}, code=None)
        assert done.err.count("\n") == 1
        assert not LIBRARY.search(done.err), done.err


@pytest.mark.parametrize(
    "text, words",
    [
        (b"port = ", "it is not TOML: its end is missing"),
        (b"port = ?", "line 1, column 8 is not TOML"),
        (b"host = '\xff'", "it contains text that is not UTF-8"),
        (b"a = " + b"[" * 5_000, "it is nested too deeply"),
        (b"port = [1]", "The setting port must be a whole number."),
        (b"port = 1.5", "The setting port must be a whole number."),
        (b"[port]\na = 1", "The setting port must be a whole number."),
        (b"host = 1979-05-27", "The setting host must be a text."),
        (b"nope = 1", "A setting is invalid."),
    ],
)
def test_a_settings_file_is_refused_in_plain_words(tmp_path: Path, text: bytes, words: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(text)
    for path in (file, tmp_path, tmp_path / "none"):
        said = Commands(tmp_path / "none.db")("credential", "list", environment={"SHIPLEDGER_CONFIG": str(path)}, code=2).err
        assert not LIBRARY.search(said), said
        assert words in said or path is not file


@pytest.mark.parametrize(
    "url, words",
    [
        ("postgresql://127.0.0.1:1/db", "connection refused; nothing listens there"),
        ("postgresql://localhost:1/db", "connection refused; nothing listens there"),
        ("postgresql://nohost.invalid/db", "the host name is not known"),
        ("postgresql:///db?host=/none", "there is no such file or folder"),
        ("postgresql://127.0.0.1:1/db?sslmode=verify-full&sslrootcert=/none", "there is no such file or folder"),
        ("postgresql://127.0.0.1/db?sslmode=nope", "look at sslmode"),
        ("postgresql://127.0.0.1:1/db?target_session_attrs=nope", "look at target_session_attrs"),
        ("postgresql://u:secret@127.0.0.1:port/db", "The database URL is invalid"),
        ("sqlite:////proc/none/x.db", "There is no ledger at /proc/none/x.db"),
    ],
)
def test_an_address_of_a_database_is_refused_in_plain_words(tmp_path: Path, url: str, words: str) -> None:
    for command in (("credential", "list"), ("doctor",)):
        done = Commands(url, token_key="k" * 40)(*command, code=None)
        said = done.out + done.err
        assert words in said
        assert not LIBRARY.search(said), said
        assert "secret" not in said


class Unknown(Exception):
    """Of a library, which may be of a kind that nobody has thought of."""

    def errors(self) -> list[dict[str, Any]]:
        return [{"type": "new_in_the_next_version", "msg": "Input should be nice"}]


def test_a_fault_that_nobody_has_thought_of_has_plain_words_too() -> None:
    refused = typer.BadParameter("Input should be nice")
    refused.__cause__ = Unknown()
    assert in_plain_words(refused) == "it cannot be used."


ERRORS = [
    *(OSError(number, os.strerror(number)) for number in errno.errorcode),
    OSError("Multiple exceptions: [Errno 111] Connect call failed ('::1', 1, 0, 0), [Errno 111] Connect call failed"),
    socket.gaierror(-2, "Name or service not known"),
    TimeoutError(),
    ConnectionError("PostgreSQL server at x rejected something"),
    sqlite3.DatabaseError("file is not a database"),
    msgspec.ValidationError("Expected `int`, got `str` - at `$.a.b[0]`"),
    msgspec.ValidationError("Object missing required field `c` - at `$.a`"),
    msgspec.DecodeError("JSON is malformed: invalid character (byte 0)"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
    asyncpg.InterfaceError("connection is closed"),
    httpx2.ConnectError("[Errno -2] Name or service not known"),
    ValueError("invalid literal for int() with base 10"),
    KeyError("x"),
]


def test_every_reason_is_a_clause_of_ours() -> None:
    reasons = {repr(error): reason_of(error) for error in ERRORS}
    assert len(reasons) > 100
    assert {error: said for error, said in reasons.items() if not said or said.endswith(".") or LIBRARY.search(said)} == {}
