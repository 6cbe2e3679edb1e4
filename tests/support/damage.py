"""A SQLite ledger whose bytes are flipped, and what of it anybody would miss."""

from __future__ import annotations

import asyncio
import sqlite3
import struct
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shipledger.clock import Clock
from shipledger.ledger.state import State
from shipledger.sealing.sealer import Sealer
from tests.support.pen import new_pen
from tests.support.stores import opened

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)
PAGE_BYTES = 4096
KINDS = {2: "interior of an index", 5: "interior of a table", 10: "leaf of an index", 13: "leaf of a table"}
RECORDED = ("entry", "incident_entry", "entry_seal", "deployment", "deployment_alias", "deployment_release")
"""Tables of which every value is proven by another one."""


def make_ledger(file: Path, *, deployments: int) -> None:
    """Fill an empty ledger, so that its file has pages of every kind."""
    asyncio.run(_fill(file, deployments))
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE gone (text TEXT)")
        connection.executemany("INSERT INTO gone VALUES (?)", [("x" * 3_000,)] * 30)
        connection.execute("DROP TABLE gone")  # its pages are free now
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def _fill(file: Path, deployments: int) -> None:
    async with opened(f"sqlite:///{file}") as store:
        pen = await new_pen(store, now=NOW)
        await pen.create_service("Checkout", "bitbucket.org/acme/checkout", at=NOW)
        for number in range(deployments):
            at = NOW + timedelta(hours=number)
            title = f"Release {number} {'äöü ' * (number % 7) * 60}"
            _, verdict = await pen.record(at=at, state=State.IN_PROGRESS, title=title, external_id=f"build-{number}")
            if number % 5 == 0:
                await pen.change(verdict.deployment_id or "", State.SUCCESSFUL, at=at + timedelta(minutes=3))
        sealer = Sealer(store, Clock())
        await sealer.seal(pen.organization_id, until=await sealer.find_heads(pen.organization_id))


def list_pages(file: Path) -> dict[str, list[int]]:
    """The numbers of the pages of a file, by their kind."""
    content = file.read_bytes()
    found: dict[str, list[int]] = {"header": [1], "free": _free_pages(content)}
    for number in range(2, len(content) // PAGE_BYTES + 1):
        kind = KINDS.get(content[(number - 1) * PAGE_BYTES])
        if kind is not None and number not in found["free"]:
            found.setdefault(kind, []).append(number)
    return found


def _free_pages(content: bytes) -> list[int]:
    free: list[int] = []
    (trunk,) = struct.unpack_from(">I", content, 32)
    while trunk:
        start = (trunk - 1) * PAGE_BYTES
        following, count = struct.unpack_from(">II", content, start)
        free += [trunk, *struct.unpack_from(f">{count}I", content, start + 8)]
        trunk = following
    return free


def flip(file: Path, page: int, offset: int, mask: int) -> None:
    """Change bits of a byte of a page, which is numbered from 1."""
    content = bytearray(file.read_bytes())
    content[(page - 1) * PAGE_BYTES + offset] ^= mask
    file.write_bytes(content)


def find_page(file: Path, table: str) -> int:
    """The number of the last page of a table's own rows."""
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute("SELECT max(pageno) FROM dbstat WHERE name = ? AND pagetype = 'leaf'", (table,))
        return int(found.fetchone()[0])


def wreck(file: Path, page: int) -> None:
    """Change every eighth byte of a page."""
    content = bytearray(file.read_bytes())
    for place in range((page - 1) * PAGE_BYTES, page * PAGE_BYTES, 8):
        content[place] ^= 0xFF
    file.write_bytes(content)


def read_recorded(file: Path) -> dict[str, Any]:
    """The rows of each table of RECORDED as bytes, or what SQLite says instead."""
    found: dict[str, Any] = {}
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        connection.text_factory = bytes
        for table in RECORDED:
            try:
                found[table] = sorted(connection.execute(f"SELECT * FROM {table} NOT INDEXED").fetchall(), key=repr)  # noqa: S608
            except sqlite3.Error as error:
                found[table] = str(error)
    return found
