"""What a page lets senders' texts do to the direction of what stands beside them."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

from tests.support.site import VOID

ISOLATES, END = "\u2066\u2067\u2068", "\u2069"
EMBEDDING_CLASSES = frozenset({"RLE", "LRE", "RLO", "LRO", "PDF"})
READ_BY_PEOPLE = frozenset({"title", "aria-label", "alt", "placeholder", "label"})
KEEPS_TO_ITSELF = frozenset({"bdi", "pre"})
ATTACKS = (
    "\u202eexe.txt",
    "\u2069\u202ecut",
    "\u2067\u2067open",
    "\u2029\u202eparagraph",
    "\x85\u202bnext line",
    "\u05e9\u05dc\u05d5\u05dd!",
    "\u061c\u200f\u202d\u2068mixed",
)


def turns(character: str) -> bool:
    """Whether a character has a direction of its own other than from left to right, or gives one to others."""
    return unicodedata.bidirectional(character) in {"R", "AL", "AN", "LRI", "RLI", "FSI", "PDI", *EMBEDDING_CLASSES} or (
        character in "\u200e\u200f\u061c"
    )


def turning_outside(text: str) -> str:
    """What of a text turns its surroundings: what stands in no pair of isolating characters, or ends or begins one alone."""
    outside = []
    depth = 0
    for character in text:
        if unicodedata.bidirectional(character) == "B" and character not in "\r\n" and depth:
            outside.append(character)
        elif character in ISOLATES:
            depth += 1
        elif character == END:
            depth -= 1
            if depth < 0:
                return text
        elif not depth and turns(character):
            outside.append(character)
    return text if depth else "".join(outside)


class Turned(HTMLParser):
    """Collects the texts of a page that turn what stands beside them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at attributes, and remember what is open."""
        for name, value in attrs:
            is_turned = name in READ_BY_PEOPLE and turning_outside(value or "")
            if is_turned or re.search("</?bdi>", value or ""):
                self.found.append(f"<{tag} {name}={value!r}>")
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing: an element without content has no text."""

    def handle_endtag(self, tag: str) -> None:
        """Forget what is closed."""
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Look at a text."""
        if "pre" in self._open:
            return
        if "bdi" in self._open:
            is_paired = turning_outside(f"\u2068{data}\u2069") == ""
            if not is_paired:
                self.found.append(f"{'/'.join(self._open[-3:])}: {data!r}")
        elif turning_outside(data):
            self.found.append(f"{'/'.join(self._open[-3:])}: {data!r}")
