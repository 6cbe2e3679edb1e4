"""A change of one character where nothing else repeats the text is named by `verify` and `doctor`."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from shipledger.catalog.contract import ServiceName
from shipledger.store.erasure.contract import Selection
from tests.support.commands import Commands
from tests.support.pen import Pen
from tests.support.services import add_service_name

pytestmark = pytest.mark.both_stores

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)

CHANGES = {
    "receipt": ("parameters", "body", "credential_id", "operation", "accepted_us"),
    "verdict": ("sentence", "subject", "reason"),
    "credential": ("name", "scopes", "requests_per_minute"),
    "organization": ("name",),
    "service": ("name", "description", "tags"),
    "service_name": ("name",),
    "service_repository": ("repository",),
}
KEYS = {"receipt": "receipt_id", "verdict": "receipt_id", "credential": "credential_id", "organization": "organization_id"}


async def fill(pen: Pen) -> str:
    """A ledger with a row in each of the tables; the id of a receipt that was rejected."""
    await pen.record(at=NOW, title="Release 1", external_id="b-1")
    rejected, _ = await pen.record(at=NOW + timedelta(hours=1), title="Release 2", connected=frozenset())
    service = await pen.create_service("Checkout", "bitbucket.org/acme/checkout", at=NOW, description="Sells.")
    await add_service_name(pen.store, pen.organization_id, ServiceName(service_id=service.service_id, name="shop"))
    return rejected


def change(cli: Commands, table: str, column: str, key: str = "") -> None:
    """Change one character of a column, or one digit, so that it is still what a column may hold."""
    number = column.endswith("_us") or column.startswith("requests")
    one = (
        f"{column} + 1"
        if number
        else {"scopes": """'["read"]'""", "tags": """'["x"]'""", "parameters": """'{"x":"y"}'"""}.get(
            column, f"'?' || substr({column}, 2)"
        )
    )
    where = f"WHERE {KEYS[table]} = '{key}'" if key else ""
    execute(cli, f"UPDATE {table} SET {column} = {one} {where}")  # noqa: S608


def execute(cli: Commands, statement: str) -> None:
    if cli.url.startswith("sqlite:///"):
        with closing(sqlite3.connect(cli.url.removeprefix("sqlite:///"))) as connection, connection:
            assert connection.execute(statement).rowcount > 0
        return

    async def run() -> None:
        connection = await asyncpg.connect(cli.url)
        try:
            assert not (await connection.execute(statement)).endswith(" 0")
        finally:
            await connection.close()

    asyncio.run(run())


def test_every_change_is_named_by_its_table_and_that_of_a_service_by_the_service(cli: Commands, write) -> None:
    rejected = write(fill)
    cli("verify")
    (service,) = cli("service", "list", "--json").json["services"]
    of_service = {("service", service["id"]), ("service_name", service["id"]), ("service_repository", service["id"])}
    passes = max(map(len, CHANGES.values())) if cli.url.startswith("sqlite:") else 1  # the digests are the program's own
    for number in range(passes):
        changed = [(table, columns[number % len(columns)]) for table, columns in CHANGES.items()]
        before = [read(cli, table, column, key_of(table, rejected)) for table, column in changed]
        for table, column in changed:
            change(cli, table, column, key_of(table, rejected))
        damage = cli("verify", "--json", code=1).json["damage"]
        assert {one["table"] for one in damage} >= CHANGES.keys(), changed
        assert {(one["table"], one["key"]) for one in damage} >= of_service, changed
        told = cli("doctor", code=1).out
        assert [table for table, key in of_service if f"{table} {key}: This row is damaged" not in told] == [], changed
        for (table, column), value in zip(changed, before, strict=True):
            restore(cli, table, column, key_of(table, rejected), value)
    cli("verify")
    change(cli, "receipt", "body", rejected)
    assert (
        f"receipt {rejected}: This row is damaged: it is not what was written: its digest is another one"
        in cli("doctor", code=1).out
    )


def key_of(table: str, rejected: str) -> str:
    return rejected if table in ("receipt", "verdict") else ""


def read(cli: Commands, table: str, column: str, key: str):
    where = f"WHERE {KEYS[table]} = '{key}'" if key else ""
    statement = f"SELECT {column} FROM {table} {where}"  # noqa: S608
    if cli.url.startswith("sqlite:///"):
        with closing(sqlite3.connect(cli.url.removeprefix("sqlite:///"))) as connection:
            return connection.execute(statement).fetchone()[0]

    async def fetch():
        connection = await asyncpg.connect(cli.url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(fetch())


def restore(cli: Commands, table: str, column: str, key: str, value) -> None:
    text = str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
    where = f"WHERE {KEYS[table]} = '{key}'" if key else ""
    execute(cli, f"UPDATE {table} SET {column} = {text} {where}")  # noqa: S608


@pytest.mark.parametrize("how", ["retention", "erasure"])
def test_what_was_emptied_still_verifies_and_words_that_come_back_are_named(cli: Commands, write, how: str) -> None:
    async def empty(pen: Pen) -> str:
        rejected = await fill(pen)
        if how == "retention":
            await pen.store.empty_receipts(pen.organization_id, [rejected])
        else:
            await pen.store.erase_receipts(pen.organization_id, [rejected], reason="asked", now=NOW)
            found = await pen.store.find_receipts_to_erase(Selection(organization_id=pen.organization_id), "", limit=10)
            assert rejected not in found.receipt_ids
        return rejected

    rejected = write(empty)
    cli("verify")
    execute(cli, f"UPDATE receipt SET body = 'x' WHERE receipt_id = '{rejected}'")  # noqa: S608
    assert "its digest says that they were taken away" in cli("verify", code=1).out
    execute(cli, f"UPDATE receipt SET body = '', operation = 'create!' WHERE receipt_id = '{rejected}'")  # noqa: S608
    assert "it is not what was written" in cli("verify", code=1).out


def test_rows_of_versions_without_digests_are_taken_for_good(cli: Commands, write) -> None:
    write(fill)
    for table in CHANGES:
        execute(cli, f"UPDATE {table} SET digest = NULL")  # noqa: S608
    cli("verify")


def test_a_waiting_receipt_that_was_changed_is_set_aside(cli: Commands, write) -> None:
    async def leave(pen: Pen) -> str:
        return await pen.leave_pending(at=NOW)

    waiting = write(leave)
    execute(cli, f"UPDATE receipt SET claimed_by = NULL, body = body || ' ' WHERE receipt_id = '{waiting}'")  # noqa: S608

    async def claim(pen: Pen) -> list[str]:
        found = await pen.store.claim_receipts(node_id="node", limit=5)
        assert not found
        return [one.key for one in found.damaged]

    assert write(claim) == [waiting]
