"""Texts of a SQLite file, which need not be UTF-8 where the file is damaged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


class Undecodable(bytes):
    """A text that is no UTF-8, as it is stored. Python's own way would fail the whole statement, and all rows with it."""

    def __str__(self) -> str:
        """What of it is readable."""
        return self.decode(errors="backslashreplace")


def read_text(raw: bytes) -> str | Undecodable:
    """A text, or what stands in its place."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return Undecodable(raw)


def find_undecodable(rows: Iterable[Sequence[Any]]) -> Sequence[Any] | None:
    """The first of ``rows`` that holds such a text."""
    for row in rows:
        for cell in row:
            if type(cell) is Undecodable:
                return row
    return None
