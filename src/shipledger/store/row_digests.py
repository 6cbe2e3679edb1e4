"""Digests of rows that nothing else repeats: a byte that changes in one of them is noticed.

A digest has a version and two parts: of what stays for good, and of the words, which retention and erasure take away. Whoever
empties a row of its words cuts the second part off in the same statement, so what is left can still be checked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

VERSION = "1"
_BYTES = 16
_SEPARATOR = ":"

LENGTH_WITHOUT_WORDS = len(VERSION) + len(_SEPARATOR) + 2 * _BYTES
"""So many characters are left of the digest of a row without words; the statements that empty rows say the same number."""

CHANGED = "it is not what was written: its digest is another one"
NOT_EMPTY = "it has words, but its digest says that they were taken away"


def digest_row(table: str, fixed: Sequence[Any], words: Sequence[Any] = ()) -> str:
    """The digest of a row of ``table``. The values are those that are stored."""
    return _SEPARATOR.join((VERSION, _digest(table, fixed), _digest(table, words)))


def describe_change(digest: str | None, table: str, fixed: Sequence[Any], words: Sequence[Any] = (), *, empty: Any = ()) -> str:
    """Why a row is not what was written, or "". ``empty``: its words once they were taken away.

    Rows of versions that made no digests have none, and are taken for good.
    """
    if digest is None:
        return ""
    if digest == digest_row(table, fixed, words):
        return ""
    if digest == digest_row(table, fixed)[:LENGTH_WITHOUT_WORDS]:
        return "" if tuple(words) == tuple(empty) else NOT_EMPTY
    return CHANGED


def _digest(table: str, values: Sequence[Any]) -> str:
    return hashlib.blake2b(msgspec.json.encode((table, values)), digest_size=_BYTES).hexdigest()
