"""The move of a ledger, and the proof of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from shipledger.errors import Conflict
from shipledger.store.moving.source import Source
from shipledger.store.moving.target import Target
from shipledger.store.tables import Table

ROWS_AT_ONCE = 2_000

Advance = Callable[[int, int], None]


class Moved(Struct, frozen=True):
    """How many rows each table has, how many of all were there before, and the SHA-256 over all of them on both sides."""

    tables: dict[str, int]
    resumed_rows: int
    digest: str


async def move(source: Source, target: Target, *, advance: Advance, copies: bool) -> Moved:
    """Copy all rows that are not there yet, if ``copies``, and compare both sides row by row.

    Rows go over in the order of their keys, so after an interruption the copy goes on behind the last one. ``advance`` is
    told the rows copied and compared, of twice their number. Raises Conflict when the target is not, or does not become,
    the source's equal: it belongs to another ledger, or somebody wrote to one of them meanwhile.
    """
    tables = source.list_tables()
    counts = {table.name: source.count(table) for table in tables}
    total = 2 * sum(counts.values())
    resumed = 0
    done = 0
    for table in tables:
        there = await target.count(table)
        if there > counts[table.name]:
            raise _unequal(table, "has more rows than the source")
        if there < counts[table.name] and not copies:
            raise _unequal(table, "has fewer rows than the source")
        resumed += there
        done += there
        advance(done, total)
        if copies:
            after = await target.find_last_key(table)
            for rows in source.read(table, after=after, rows_at_once=ROWS_AT_ONCE):
                await target.append(table, rows)
                done += len(rows)
                advance(done, total)
    digest = await _compare(source, target, tables, advance=lambda rows: advance(done + rows, total))
    if source.has_changed():
        raise Conflict(
            "move_source_changed",
            "The source was written to during the move. Stop the writer, undo the move with --undo, and move again.",
        )
    return Moved(tables=counts, resumed_rows=resumed, digest=digest)


async def _compare(source: Source, target: Target, tables: Sequence[Table], *, advance: Callable[[int], None]) -> str:
    """The SHA-256 over all rows, which is the same on both sides. Raises Conflict when it is not."""
    done = 0
    whole = hashlib.sha256()
    for table in tables:
        ours, count = hashlib.sha256(), 0
        for rows in source.read(table, after=None, rows_at_once=ROWS_AT_ONCE):
            count += len(rows)
            for row in rows:
                _add(ours, row)
        theirs = hashlib.sha256()
        async for row in target.read(table, rows_at_once=ROWS_AT_ONCE):
            _add(theirs, row)
        if ours.digest() != theirs.digest():
            raise _unequal(table, "differs from the source")
        whole.update(f"{table.name} {ours.hexdigest()}\n".encode())
        done += count
        advance(done)
    return whole.hexdigest()


def _add(digest: Any, row: tuple[Any, ...]) -> None:
    digest.update(msgspec.json.encode(row))
    digest.update(b"\n")


def _unequal(table: Table, how: str) -> Conflict:
    return Conflict(
        "move_unequal",
        f"The target's table {table.name} {how}: the target holds another ledger, or was written to during the move. "
        "Move to an empty database, or undo this move with --undo.",
    )
