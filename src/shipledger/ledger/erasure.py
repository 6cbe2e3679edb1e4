"""Placeholders for erased contents."""

from __future__ import annotations

from msgspec import Struct


class Erased(Struct, frozen=True, tag="erased", omit_defaults=True):
    """Replaces an erased submission. Impersonal effects remain.

    ``removes``: it was a removal. ``separates``: the entries it moved to another run. ``effect``: see Aggregate.
    """

    removes: bool = False
    separates: tuple[int, ...] = ()
    effect: str = ""


class Erase(Struct, frozen=True, tag="erase", omit_defaults=True):
    """Records that the entries with these ``versions`` were erased.

    It is appended in the same transaction, so that a concurrent decision based on the old state conflicts and is repeated.
    """

    versions: tuple[int, ...]


Erasure = Erased | Erase
"""Entries without contents of their own."""
