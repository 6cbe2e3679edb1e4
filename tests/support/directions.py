"""What a page lets senders' texts do to the direction of what stands beside them."""

from __future__ import annotations

import unicodedata

from tests.support.site import Html

ISOLATES, END = "\u2066\u2067\u2068", "\u2069"
EMBEDDING_CLASSES = frozenset({"RLE", "LRE", "RLO", "LRO", "PDF"})
READ_BY_PEOPLE = frozenset({"title", "aria-label", "alt", "placeholder", "label"})
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
    if text.isascii():
        return ""
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


class Turned(Html):
    """Collects the texts of a page that turn what stands beside them."""

    def __init__(self, page: str) -> None:
        self.found: list[str] = []
        super().__init__(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at attributes."""
        super().handle_starttag(tag, attrs)
        for name, value in attrs:
            if value and (turning_outside(value) if name in READ_BY_PEOPLE else "bdi>" in value):
                self.found.append(f"<{tag} {name}={value!r}>")

    def handle_data(self, data: str) -> None:
        """Look at a text."""
        super().handle_data(data)
        if data.isascii() or "pre" in self.open:
            return
        if turning_outside(f"{ISOLATES[-1]}{data}{END}" if "bdi" in self.open else data):
            self.found.append(f"{'/'.join(self.open[-3:])}: {data!r}")
