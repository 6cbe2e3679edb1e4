"""Patterns of the query language: literal text, ``*`` for any text and ``?`` for one character, without case. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

ANY = "\x00*"
ONE = "\x00?"


class Pattern(Struct, frozen=True):
    """What a value must be like. ``parts`` are characters without case, ``ANY`` and ``ONE``."""

    parts: tuple[str, ...]

    @property
    def literal(self) -> str | None:
        """The text without case when there are no wildcards."""
        return None if ANY in self.parts or ONE in self.parts else "".join(self.parts)

    def matches(self, value: str) -> bool:
        """Whether the whole of ``value`` is like this."""
        literal = self.literal
        return value.casefold() == literal if literal is not None else _matches(self.parts, value.casefold())

    def is_in(self, value: str) -> bool:
        """As ``matches``, but literal text may be anywhere in ``value``."""
        literal = self.literal
        return literal in value.casefold() if literal is not None else _matches(self.parts, value.casefold())


def to_pattern(parts: Sequence[str]) -> Pattern:
    """A pattern of characters as written and wildcards."""
    folded: list[str] = []
    for part in parts:
        if part in (ANY, ONE):
            if part is not ANY or not folded or folded[-1] is not ANY:
                folded.append(part)
        else:
            folded.extend(part.casefold())
    return Pattern(tuple(folded))


def literal_pattern(text: str) -> Pattern:
    """A pattern without wildcards."""
    return to_pattern(tuple(text))


def _matches(parts: tuple[str, ...], value: str) -> bool:
    """Goes back to the last ``ANY`` only, so the time is the product of the lengths and never more."""
    at = part = 0
    star, resume = -1, 0
    while at < len(value):
        if part < len(parts) and parts[part] == ANY:
            star, resume = part, at
            part += 1
        elif part < len(parts) and (parts[part] == ONE or parts[part] == value[at]):
            part += 1
            at += 1
        elif star >= 0:
            resume += 1
            part, at = star + 1, resume
        else:
            return False
    return all(rest == ANY for rest in parts[part:])
