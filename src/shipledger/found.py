"""Query results, and the rows that were unreadable."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from shipledger.errors import DamagedRecord

T = TypeVar("T")


class Found(list[T]):
    """The readable records of a result; ``damaged`` has an error for each of the others."""

    def __init__(self, readable: Iterable[T] = (), damaged: Iterable[DamagedRecord] = ()) -> None:
        super().__init__(readable)
        self.damaged = tuple(damaged)

    @property
    def total(self) -> int:
        """The number of records, including unreadable ones."""
        return len(self) + len(self.damaged)


def whole(found: Found[T]) -> Found[T]:
    """The records, if none may be missing. Raises DamagedRecord for the first unreadable one."""
    if found.damaged:
        raise found.damaged[0]
    return found
