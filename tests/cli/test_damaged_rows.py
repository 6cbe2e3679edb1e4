"""Rows that cannot be read: every command names them, goes on to the others, and ends with a problem."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.commands import Commands, Done
from tests.support.harm import harm
from tests.support.pen import Pen

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)

NO_JSON = '{"type":"record","source'
UNKNOWN = '{"type":"promote","source":"opsgenie"}'
OTHER_SHAPE = '{"type":"record","source":["opsgenie"]}'
NO_UTF8 = "CAST(x'7b22f5ff227d' AS TEXT)"
HARMS = {"no JSON": f"'{NO_JSON}'", "an unknown type": f"'{UNKNOWN}'", "another shape": f"'{OTHER_SHAPE}'"}

TEXTS = (
    ("entry", "submission", "deployment_id"),
    ("entry", "receipt_id", "deployment_id"),
    ("deployment", "document", "deployment_id"),
    ("receipt", "body", "receipt_id"),
    ("receipt", "protocol", "receipt_id"),
    ("verdict", "sentence", "receipt_id"),
    ("organization", "name", "organization_id"),
    ("credential", "name", "credential_id"),
)
"""A table, a column of it, and the one by which a row is named. The number in this list chooses the row."""


async def record_four(pen: Pen) -> tuple[list[str], list[str]]:
    """The ids of four receipts and of their deployments."""
    receipts, deployments = [], []
    for number in range(4):
        receipt, verdict = await pen.record(
            at=NOW + timedelta(hours=number), title=f"Release {number}", external_id=f"b-{number}"
        )
        receipts.append(receipt)
        deployments.append(verdict.deployment_id or "")
    return receipts, deployments


def assert_told(done: Done, *, of: str) -> None:
    told = done.out + done.err
    assert of in told
    assert "Traceback" not in told


def harm_three(cli: Commands, table: str, column: str, deployments: Sequence[str]) -> list[str]:
    """Harm what is kept of three deployments, each in its own way; their ids."""
    damaged = [*deployments[:2], deployments[3]]
    for deployment, document in zip(damaged, HARMS.values(), strict=True):
        harm(cli, f"UPDATE {table} SET {column} = {document} WHERE deployment_id = '{deployment}'")  # noqa: S608
    return damaged


@pytest.mark.both_stores
def test_entries_that_cannot_be_read_are_named_by_every_command(cli: Commands, write) -> None:
    _, deployments = write(record_four)
    damaged = harm_three(cli, "entry", "submission", deployments)

    for command in ("doctor", "verify", "rebuild"):
        done = cli(command, code=1)
        for one in damaged:
            assert_told(done, of=one)
    rebuilt = cli("rebuild", "--json", code=1).json
    assert (rebuilt["entries"], rebuilt["deployments"], rebuilt["damaged"]) == (4, 1, 3)
    assert deployments[2] not in cli("verify", code=1).out


def test_an_archive_is_not_made_of_what_cannot_be_read(cli: Commands, write, tmp_path) -> None:
    _, (first, _, third, _) = write(record_four)
    harm(cli, f"UPDATE entry SET submission = {HARMS['no JSON']} WHERE deployment_id IN ('{first}', '{third}')")  # noqa: S608

    done = cli("export", str(tmp_path / "archive.zip"), code=1)

    assert_told(done, of=first)
    assert_told(done, of=third)
    assert "2 records cannot be read" in done.err
    assert not list(tmp_path.glob("archive*"))


def test_receipts_that_cannot_be_read_are_named_and_the_others_listed(cli: Commands, write) -> None:
    (first, second, third, fourth), _ = write(record_four)
    harm(cli, f"""UPDATE receipt SET parameters = '["x"]' WHERE receipt_id IN ('{second}', '{third}')""")  # noqa: S608

    listed = cli("receipts", "list", "--json", code=1)

    assert [one["id"] for one in listed.json["receipts"]] == [fourth, first]
    assert {one["id"] for one in listed.json["damaged"]} == {second, third}
    assert_told(cli("receipts", "list", code=1), of=second)
    assert_told(cli("receipts", "list", "--find", "Release", code=1), of=second)
    assert_told(cli("receipts", "show", second, code=1), of=second)
    assert cli("receipts", "show", first)
    for command in ("doctor", "verify"):
        assert_told(cli(command, code=1), of=third)


@pytest.mark.both_stores
def test_projections_that_cannot_be_read_are_named_and_mended_by_a_rebuild(cli: Commands, write) -> None:
    _, deployments = write(record_four)
    damaged = harm_three(cli, "deployment", "document", deployments)

    for command in ("doctor", "verify"):
        done = cli(command, code=1)
        for one in damaged:
            assert_told(done, of=one)
        assert deployments[2] not in done.out
    cli("rebuild")
    cli("verify")


def test_text_that_is_no_utf8_is_named(cli: Commands, write, database) -> None:
    write(record_four)
    damaged = []
    with closing(sqlite3.connect(database)) as connection, connection:
        for place, (table, column, key) in enumerate(TEXTS):
            keys = [one for (one,) in connection.execute(f"SELECT {key} FROM {table} ORDER BY {key}")]  # noqa: S608
            damaged.append(keys[place % len(keys)])
            connection.execute(f"UPDATE {table} SET {column} = {NO_UTF8} WHERE {key} = ?", damaged[-1:])  # noqa: S608

    for command in ("doctor", "verify"):
        done = cli(command, code=1)
        for one in damaged:
            assert_told(done, of=one)
    for command in (
        ["receipts", "list"],
        ["credential", "list"],
        ["organization", "list"],
        ["rebuild"],
        ["backup", f"{database}.copy"],
    ):
        assert "Traceback" not in cli(*command, code=None).err


def test_a_value_that_is_missing_is_named(cli: Commands, write, database) -> None:
    write(record_four)
    damaged = []
    for place, (table, column, key) in enumerate((TEXTS[0], TEXTS[2], TEXTS[3])):
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            (sql,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
            set_schema(connection, table, re.sub(rf"({column} +TEXT [^,]*?)NOT NULL", r"\1", sql))
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            damaged += connection.execute(f"SELECT {key} FROM {table} ORDER BY {key} LIMIT 1 OFFSET {place}").fetchone()  # noqa: S608
            connection.execute(f"UPDATE {table} SET {column} = NULL WHERE {key} = ?", damaged[-1:])  # noqa: S608
            set_schema(connection, table, sql)

    for command in ("doctor", "verify"):
        done = cli(command, code=1)
        for one in damaged:
            assert_told(done, of=one)
    assert "Traceback" not in cli("receipts", "list", code=None).err


def set_schema(connection: sqlite3.Connection, table: str, sql: str) -> None:
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", (sql, table))
