"""Words as a search compares them: which ones a title has, and what somebody looks for. Pure.

Case does not count, nor how Unicode composes a letter (its canonical caseless matching, D145). What steers a terminal or
reverses text is left out, so a word is found however it was sent.
"""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct

from shipledger.texts import STEERING, storable

QUERY_LIMIT = 200
"""Characters that somebody may look for."""
LEAST = 2
"""Characters without which nothing is looked for."""
WORDS_LIMIT = 12
"""Words of one title: each costs a row."""
WORD_LENGTH = 64
"""Characters of a word that count."""

_TITLE_LENGTH = 1_000
_PARTS = re.compile(r"[^\W_]+(?:\.[^\W_]+)*")
"""What a dot joins stays together: a version, the name of a host."""
_TOO_COMMON = frozenset({"an", "and", "at", "by", "for", "in", "of", "on", "the", "to", "with"})
_COMMIT = re.compile(r"[0-9a-f]{4,64}")
_COMMIT_LENGTHS = (40, 64)


class Query(Struct, frozen=True):
    """What somebody looks for. ``text``: without surrounding spaces and what nobody sees. ``folded``: the same as it compares.

    ``words``: those of a title. ``commit``: the beginning of a commit's id, "" if it cannot be one.
    """

    text: str
    folded: str
    words: tuple[str, ...]
    commit: str

    @property
    def is_whole_commit(self) -> bool:
        """Whether it is all of a commit's id."""
        return len(self.commit) in _COMMIT_LENGTHS

    @property
    def is_too_short(self) -> bool:
        """Whether it would find nearly everything: of other scripts one character is a word."""
        return len(self.text) < LEAST and self.text.isascii()


def read_query(text: str) -> Query:
    """What ``text`` looks for."""
    plain = clean(text)
    folded = fold(plain)
    return Query(plain, folded, words_of(plain), folded if _COMMIT.fullmatch(folded) else "")


def clean(text: str) -> str:
    """``text`` on one line, without what nobody sees."""
    return " ".join(STEERING.sub("", " ".join(storable(text).split())).split())


def fold(text: str) -> str:
    """``text`` as it compares."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFD", text).casefold()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", folded).casefold())


def words_of(text: object) -> tuple[str, ...]:
    """The words by which a title is found, each once, as they compare; none of what is no text."""
    if not isinstance(text, str):
        return ()
    found: dict[str, None] = {}
    for part in _PARTS.findall(fold(clean(text[:_TITLE_LENGTH]))):
        if part not in _TOO_COMMON and not (len(part) < LEAST and part.isascii()):
            found[part[:WORD_LENGTH]] = None
            if len(found) == WORDS_LIMIT:
                break
    return tuple(found)


def to_token(text: object) -> str:
    """A whole text, such as a version, as it compares; "" for what is no text, or has nothing to see."""
    return fold(clean(text[:_TITLE_LENGTH]))[:WORD_LENGTH].rstrip() if isinstance(text, str) else ""
