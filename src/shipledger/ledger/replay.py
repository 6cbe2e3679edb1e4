"""Replay the entries of a record, of which some may be erased. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from shipledger.ledger.erasure import Erase, Erased

T = TypeVar("T", bound=Struct)


def replay(entries: Sequence[Any], fold: Callable[[Any, Any], T], *, begins: Callable[[Any], bool] = lambda _: True) -> T | None:
    """The record that all its entries make; None when those that begin it are erased.

    ``fold`` gets the record so far, None before the first entry. ``begins``: whether an entry can be the first one. An erased
    entry keeps its number, and whether it removed the record.
    """
    current: T | None = None
    for entry in entries:
        said = entry.submission
        if isinstance(said, Erased | Erase):
            removal = {"is_removed": True} if isinstance(said, Erased) and said.removes else {}
            current = current and replace(current, version=entry.version, **removal)
        elif current is not None or begins(entry):
            current = fold(current, entry)
    return current
