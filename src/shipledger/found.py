"""Query results, and the rows that were unreadable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias, TypeVar

from shipledger.errors import DamagedRecord

T = TypeVar("T")

Noted: TypeAlias = dict[tuple[str, str, str], DamagedRecord]
"""What lists have left out, by organization, table and key."""

MOST_NOTED = 1_000

_noted: ContextVar[Noted | None] = ContextVar("damaged records that lists have left out", default=None)


@contextmanager
def noting_damage() -> Iterator[Noted]:
    """What the lists leave out that are read within, also by tasks that are started within: whoever answers says so."""
    noted: Noted = {}
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)


def list_noted() -> list[DamagedRecord]:
    """What was left out so far, within ``noting_damage``."""
    return list((_noted.get() or {}).values())


class Found(list[T]):
    """The readable records of a result; ``damaged`` has an error for each of the others."""

    def __init__(self, readable: Iterable[T] = (), damaged: Iterable[DamagedRecord] = ()) -> None:
        super().__init__(readable)
        self.damaged = tuple(damaged)
        if self.damaged:
            note_damage(self.damaged)

    @property
    def total(self) -> int:
        """The number of records, including unreadable ones."""
        return len(self) + len(self.damaged)


def note_damage(damaged: Iterable[DamagedRecord]) -> None:
    """Something leaves these out."""
    noted = _noted.get()
    if noted is None:
        return
    for one in damaged:
        if len(noted) < MOST_NOTED:
            noted.setdefault((one.organization_id, one.table, one.key), one)


def whole(found: Found[T]) -> Found[T]:
    """The records, if none may be missing. Raises DamagedRecord for the first unreadable one."""
    if found.damaged:
        raise found.damaged[0]
    return found
