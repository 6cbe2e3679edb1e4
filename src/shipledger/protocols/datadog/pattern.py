"""Patterns of the query language: literal text, ``*`` for any text and ``?`` for one character, without case. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from shipledger.protocols.wildcards import ANY, ONE, Wildcards, to_wildcards


class Pattern(Struct, frozen=True):
    """What a value must be like, without case. ``literal`` is the text when there are no ``wildcards``."""

    literal: str | None
    wildcards: Wildcards

    @property
    def looks_one_by_one(self) -> bool:
        """Whether each character of a value is looked at by itself, which takes longer."""
        return self.wildcards.has_ones

    def matches(self, value: str) -> bool:
        """Whether the whole of ``value`` is like this."""
        plain = value.casefold()
        return plain == self.literal if self.literal is not None else self.wildcards.matches(plain)

    def is_in(self, value: str) -> bool:
        """As ``matches``, but literal text may be anywhere in ``value``."""
        plain = value.casefold()
        return self.literal in plain if self.literal is not None else self.wildcards.matches(plain)


def to_pattern(parts: Sequence[str]) -> Pattern:
    """A pattern of characters as written and wildcards."""
    folded = [letter for part in parts for letter in ((part,) if part in (ANY, ONE) else part.casefold())]
    literal = None if ANY in folded or ONE in folded else "".join(folded)
    return Pattern(literal, to_wildcards(folded))


def literal_pattern(text: str) -> Pattern:
    """A pattern without wildcards."""
    return to_pattern(tuple(text))
