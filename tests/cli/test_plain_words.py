"""Options and settings that cannot be used are refused in plain words, never in those of a library."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import Commands

LIBRARY = ("Value error", "Input should", "unable to parse", "Expected `", "$.", "%Y")


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("environment", "set", "x", "y"), "'y' is not one of 'development', 'testing'"),
        (("environment", "rules", "remove", "x"), "it must be a whole number."),
        (("credential", "create", "nope", "--name", "x"), "'nope' is not one of 'opsgenie', 'native'"),
        (("credential", "create", "opsgenie", "--name", "x", "--requests-per-second", "-1"), "it must be at least 0."),
        (
            ("credential", "create", "iftrue", "--name", "x", "--expires", "tomorrow"),
            "'tomorrow' is not a valid time; write it like",
        ),
        (("receipts", "list", "--state", "nope"), "'nope' is not one of 'pending'"),
        (("serve", "--port", "x"), "it must be a whole number."),
        (("serve", "--port", "99999"), "The setting port must be at most 65535."),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_in_plain_words(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    said = Commands(tmp_path / "none.db")(*arguments, code=2).err
    assert words in said
    assert [word for word in LIBRARY if word in said] == []


@pytest.mark.parametrize(
    "name, value, words",
    [
        ("PORT", "eighty", "The setting port must be a whole number."),
        ("SHUTDOWN_GRACE_SECONDS", "0", "The setting shutdown_grace_seconds must be greater than 0.0."),
        ("LOG_LEVEL", "loud", "The setting log_level must be 'debug', 'info', 'warning' or 'error'."),
        ("DATABASE_PGBOUNCER", "maybe", "The setting database_pgbouncer must be true or false."),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_in_plain_words(tmp_path: Path, name: str, value: str, words: str) -> None:
    said = Commands(tmp_path / "none.db")("verify", environment={f"SHIPLEDGER_{name}": value}, code=2).err
    assert words in said
