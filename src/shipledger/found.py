"""What was found, and what of it could not be read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from shipledger.errors import DamagedRecord

T = TypeVar("T")


class Found(list[T]):
    """What could be read of several records; ``damaged`` has an error for each of the others."""

    def __init__(self, readable: Iterable[T] = (), damaged: Iterable[DamagedRecord] = ()) -> None:
        super().__init__(readable)
        self.damaged = tuple(damaged)

    @property
    def total(self) -> int:
        """How many there are, with those that cannot be read."""
        return len(self) + len(self.damaged)


def whole(found: Found[T]) -> Found[T]:
    """The same, where nothing may be missing. Raises DamagedRecord for the first that cannot be read."""
    if found.damaged:
        raise found.damaged[0]
    return found
