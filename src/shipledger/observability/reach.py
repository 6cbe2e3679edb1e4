"""How many organizations cannot be served, because their part of the database does not answer."""

from __future__ import annotations

from collections.abc import Callable

Find = Callable[[], frozenset[str]]


class Reach:
    """Counts the organizations that any of those who ask the database found out of reach."""

    def __init__(self, *find: Find) -> None:
        self._find = find

    def count(self) -> int:
        """How many there are."""
        return len(frozenset[str]().union(*(find() for find in self._find)))

    def describe(self) -> str | None:
        """The same in words, unless there is none."""
        count = self.count()
        return f"Unreachable: {count}; their part of the database does not answer." if count else None
