"""The entries of one record after another, read in chunks, also where some of them are damaged."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeAlias, TypeVar

from shipledger.found import Found
from shipledger.store.row_reading import Row, damaged, read_each

T = TypeVar("T")

ENTRIES_PER_CHUNK = 2_000
Place: TypeAlias = tuple[str, str, int]
"""The organization, the id and the version of an entry."""


async def walk_histories(
    read: Callable[[Place], Awaitable[Sequence[Row]]], to_entry: Callable[[Row], T], table: str
) -> AsyncIterator[Found[T]]:
    """The entries of each record. Those of ``table`` that cannot be read are in ``damaged`` of their record's.

    ``read`` gives the chunk after a place. Raises DamagedRecord where the order of the rows is lost, so that nobody can tell
    what comes next.
    """
    history: list[Row] = []
    after: Place = ("", "", 0)
    while True:
        chunk = await read(after)
        for row in chunk:
            if history and tuple(history[0][:2]) != tuple(row[:2]):
                yield read_each(to_entry, history)
                history = []
            history.append(row)
        if len(chunk) < ENTRIES_PER_CHUNK:
            break
        after = _next_place(after, chunk[-1], table)
    if history:
        yield read_each(to_entry, history)


def _next_place(after: Place, row: Row, table: str) -> Place:
    place = (row[0], row[1], row[2])
    if [type(cell) for cell in place] != [str, str, int] or place <= after:
        raise damaged(table, place, ValueError("the rows are out of order, so those after it cannot be found"))
    return place
