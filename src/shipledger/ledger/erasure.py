"""What stands in the ledger where something was erased."""

from __future__ import annotations

from msgspec import Struct


class Erased(Struct, frozen=True, tag="erased", omit_defaults=True):
    """Stands where a submission was. What says nothing of anybody goes on counting.

    ``removes``: that it was a removal. ``separates``: which entries it said to be about another run.
    """

    removes: bool = False
    separates: tuple[int, ...] = ()


class Erase(Struct, frozen=True, tag="erase", omit_defaults=True):
    """Says that the entries with these ``versions`` were erased.

    It is appended with them, so that whoever decides at that moment, from what was known before, notices and decides again.
    """

    versions: tuple[int, ...]


Erasure = Erased | Erase
"""Entries that say nothing about what they belong to."""
