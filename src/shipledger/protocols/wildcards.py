"""Patterns in which ``*`` is any text and ``?`` any character, matched in one pass over the value. Pure.

Pieces between two ``*`` are searched from left to right, without backtracking: they have a fixed length, so
their first position is as good as any later one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

ANY = "\x00*"
ONE = "\x00?"


class Piece(Struct, frozen=True):
    """What stands between two ``*``: ``text``, where a ``?`` is any character at the places in ``ones``.

    ``masks`` has a bit for every place where a character may stand: those of ``ones``, and its own.
    """

    text: str
    ones: tuple[int, ...] = ()
    masks: Mapping[str, int] = {}

    def is_at(self, value: str, place: int) -> bool:
        """Whether ``value`` matches at ``place``."""
        if not self.ones:
            return value.startswith(self.text, place)
        if place < 0 or place + len(self.text) > len(value):
            return False
        skipped = frozenset(self.ones)
        return all(at in skipped or value[place + at] == character for at, character in enumerate(self.text))

    def find(self, value: str, start: int, end: int) -> int:
        """The first position from ``start`` where ``value`` matches up to ``end`` at most; -1 if none."""
        if not self.ones:
            return value.find(self.text, start, end)
        anywhere = sum(1 << place for place in self.ones)
        last, reached = 1 << len(self.text) - 1, 0
        for place in range(start, end):
            # Each bit says that the piece fits up to there; all of them move on with one character.
            reached = (reached << 1 | 1) & self.masks.get(value[place], anywhere)
            if reached & last:
                return place - len(self.text) + 1
        return -1


class Wildcards(Struct, frozen=True):
    """``pieces`` with a ``*`` between each two of them; one piece alone has none."""

    pieces: tuple[Piece, ...]

    @property
    def has_ones(self) -> bool:
        """Whether there is a ``?``: then every character is looked at one by one."""
        return any(piece.ones for piece in self.pieces)

    def matches(self, value: str) -> bool:
        """Whether the whole ``value`` matches."""
        first, last = self.pieces[0], self.pieces[-1]
        if len(self.pieces) == 1:
            return len(value) == len(first.text) and first.is_at(value, 0)
        place, end = len(first.text), len(value) - len(last.text)
        if place > end or not first.is_at(value, 0) or not last.is_at(value, end):
            return False
        for piece in self.pieces[1:-1]:
            found = piece.find(value, place, end)
            if found < 0:
                return False
            place = found + len(piece.text)
        return True


def to_wildcards(parts: Sequence[str]) -> Wildcards:
    """What ``parts`` say: characters as they are, ``ANY`` and ``ONE``. Several ``ANY`` in a row are one."""
    pieces: list[list[str]] = [[]]
    for part in parts:
        if part != ANY:
            pieces[-1].append(part)
        elif pieces[-1] or len(pieces) == 1:
            pieces.append([])
    return Wildcards(tuple(map(_to_piece, pieces)))


def _to_piece(parts: Sequence[str]) -> Piece:
    ones = tuple(place for place, part in enumerate(parts) if part == ONE)
    text = "".join("?" if part == ONE else part for part in parts)
    if not ones:
        return Piece(text)
    anywhere = sum(1 << place for place in ones)
    masks: dict[str, int] = {}
    for place, character in enumerate(text):
        if parts[place] != ONE:
            masks[character] = masks.get(character, anywhere) | 1 << place
    return Piece(text, ones, masks)
