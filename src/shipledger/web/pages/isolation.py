"""Isolation of senders' texts: none can reverse the text around it.

A text may be written from right to left, or hold characters that say so for whatever follows. In HTML the element ``bdi`` keeps
that to itself; in a title or an attribute, where no element can stand, a pair of isolating characters does. Both only when the
characters in the text come in pairs: one that closes alone would close the isolation. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"

_DIRECTIONS = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_RIGHT_TO_LEFT = r"\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"

_TURNING = re.compile(f"[{_DIRECTIONS}{_RIGHT_TO_LEFT}]")
_DIRECTION = re.compile(f"[{_DIRECTIONS}]")
_ISOLATING = re.compile(r"[\u2066-\u2069]")
_ENDS_OF_PARAGRAPHS = re.compile(r"[\x1c-\x1e\x85\u2029]")
"""Behind one of these every isolation is over. Behind the end of a line, too; but an element is isolated on each of its lines."""

_ENDS_OF_LINES = re.compile(r"[\r\n]+")


def isolated(value: object) -> object:
    """A value for the text of an element. What is marked up already stays as it is."""
    if not _is_turning(value):
        return value
    return Markup("<bdi>{}</bdi>").format(_paired(value))


def isolated_in_text(value: object) -> object:
    """A value for where no element can stand: a title, an option, an attribute that people read, a sentence."""
    if not _is_turning(value):
        return value
    return f"{FIRST_STRONG_ISOLATE}{_ENDS_OF_LINES.sub(' ', _paired(value))}{POP_ISOLATE}"


def join_isolated(values: Iterable[object], separator: str = "") -> Markup:
    """Values for the text of an element, each isolated, with ``separator`` between them. The filter ``join`` of all templates."""
    return escape(separator).join(escape(isolated(value)) for value in values)


def list_in_text(values: Iterable[object]) -> str:
    """Values within a sentence: "a, b"."""
    return ", ".join(str(isolated_in_text(str(value))) for value in values)


def in_a_sentence(text: str) -> str:
    """A sentence of ours that quotes a sender: characters that only turn directions are written out.

    Where the quotation begins and ends nobody knows any more, so it cannot be isolated.
    """
    return _DIRECTION.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _is_turning(value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, Markup) and not value.isascii() and _TURNING.search(value) is not None


def _paired(value: object) -> str:
    """The text with every isolation that begins in it ended, and nothing that ends one of somebody else."""
    text = _ENDS_OF_PARAGRAPHS.sub("\N{REPLACEMENT CHARACTER}", str(value))
    depth = 0
    pieces = []
    place = 0
    for found in _ISOLATING.finditer(text):
        pieces.append(text[place : found.start()])
        place = found.end()
        is_end = found.group() == POP_ISOLATE
        pieces.append("\N{REPLACEMENT CHARACTER}" if is_end and not depth else found.group())
        depth = max(0, depth - 1) if is_end else depth + 1
    return "".join(pieces) + text[place:] + POP_ISOLATE * depth
