"""A change of one character where nothing else repeats the text is named by `verify` and `doctor`."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from shipledger.access.issuing import issue_credential
from shipledger.catalog.contract import ServiceName
from shipledger.store.erasure.contract import Selection
from tests.support.commands import Commands
from tests.support.pen import Pen
from tests.support.services import add_service_name

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
SERVICES = ("service", "service_name", "service_repository")
KEYS = {"receipt": "receipt_id", "verdict": "receipt_id", "credential": "credential_id", "organization": "organization_id"}


async def fill(pen: Pen) -> str:
    """A ledger with a row in each of the tables; the id of a receipt that was rejected."""
    await pen.record(at=NOW, title="Release 1", external_id="b-1")
    rejected, _ = await pen.record(at=NOW + timedelta(hours=1), title="Release 2", connected=frozenset())
    service = await pen.create_service("Checkout", "bitbucket.org/acme/checkout", at=NOW, description="Sells.")
    await add_service_name(pen.store, pen.organization_id, ServiceName(service_id=service.service_id, name="shop"))
    return rejected


async def fill_widely(pen: Pen) -> dict[str, list[str]]:
    """A row for each column in each of the tables: their keys."""
    receipts = []
    for number in range(9):
        rejected, _ = await pen.record(at=NOW + timedelta(hours=number), title=f"Release {number}", connected=frozenset())
        receipts.append(rejected)
    credentials = []
    for number in range(3):
        issued = issue_credential(
            organization_id=pen.organization_id, kind="native", name=f"n{number}", now=NOW, randomness=bytes([number] * 8)
        )
        await pen.store.create_credential(issued.credential)
        credentials.append(issued.credential.credential_id)
    services = []
    for number in range(3):
        made = await pen.create_service(f"Checkout {number}", f"bitbucket.org/acme/{number}", at=NOW, description="Sells.")
        await add_service_name(pen.store, pen.organization_id, ServiceName(service_id=made.service_id, name=f"shop {number}"))
        services.append(made.service_id)
    named = dict.fromkeys(("service", "service_name", "service_repository"), services)
    return {
        **named,
        "receipt": receipts[:5],
        "verdict": receipts[5:8],
        "whole": receipts[8:],
        "credential": credentials,
        "organization": [pen.organization_id],
    }


def change(cli: Commands, table: str, column: str, key: str) -> None:
    """Change one character of a column, or one digit, so that it is still what a column may hold."""
    number = column.endswith("_us") or column.startswith("requests")
    one = (
        f"coalesce({column}, 0) + 1"
        if number
        else {"scopes": """'["read"]'""", "tags": """'["x"]'""", "parameters": """'{"x":"y"}'"""}.get(
            column, f"'?' || substr({column}, 2)"
        )
    )
    execute(cli, f"UPDATE {table} SET {column} = {one} WHERE {KEYS.get(table, 'service_id')} = '{key}'")  # noqa: S608


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


@pytest.mark.both_stores
def test_every_change_is_named_by_its_table_and_that_of_a_service_by_the_service(cli: Commands, write) -> None:
    keys = write(fill_widely)
    cli("verify")
    changed = {
        (table, key): column for table, columns in CHANGES.items() for column, key in zip(columns, keys[table], strict=False)
    }
    assert len(changed) == sum(map(len, CHANGES.values()))
    for (table, key), column in changed.items():
        change(cli, table, column, key)
    damage = [(one["table"], one["key"]) for one in cli("verify", "--json", code=1).json["damage"]]
    named = {table: " ".join(key for of, key in damage if of == table) for table in CHANGES}  # a verdict has a number besides
    assert [(table, column) for (table, key), column in changed.items() if key not in named[table]] == []
    assert not [row for row in damage if keys["whole"][0] in row[1]]
    told = cli("doctor", code=1).out
    assert [row for row in changed if row[0] in SERVICES and f"{row[0]} {row[1]}: This row is damaged" not in told] == []
    receipt = keys["receipt"][0]
    assert f"receipt {receipt}: This row is damaged: it is not what was written: its digest is another one" in told


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
