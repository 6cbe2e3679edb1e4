"""The words, quoted texts and signs of a query."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto

from msgspec import Struct

from shipledger.issue_query.faults import QueryFault

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<sign>!~|!=|[~=(),])
      | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<word>[^\s~=!(),"']+)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Kind(Enum):
    """What a token is."""

    SIGN = auto()
    TEXT = auto()
    WORD = auto()
    END = auto()


class Token(Struct, frozen=True):
    """``text`` is without quotes. ``position`` counts characters of the query from 1."""

    kind: Kind
    text: str
    position: int

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these words, without case and without quotes."""
        return self.kind is Kind.WORD and self.text.upper() in words

    def is_sign(self, *signs: str) -> bool:
        """Whether it is one of these signs."""
        return self.kind is Kind.SIGN and self.text in signs

    def __str__(self) -> str:
        """As a message names it."""
        return "the end" if self.kind is Kind.END else f"“{self.text[:50]}”"


def list_tokens(query: str) -> list[Token]:
    """All tokens, the last one an end. Raises QueryFault."""
    return [*_read(query), Token(Kind.END, "", len(query.rstrip()) + 1)]


def _read(query: str) -> Iterator[Token]:
    place, end = 0, len(query.rstrip())
    while place < end:
        found = _TOKEN.match(query, place)
        if found is None:
            start = place + len(query[place:]) - len(query[place:].lstrip())
            if query[start] in "\"'":
                raise QueryFault("this quoted text is not closed; end it with the same quotation mark.", start + 1)
            raise QueryFault(
                f"“{query[start]}” has no meaning here; write != or !~, or quote a value that contains it.", start + 1
            )
        kind = Kind[str(found.lastgroup).upper()]
        text = found[kind.name.lower()]
        position = found.start(kind.name.lower()) + 1
        yield Token(kind, _ESCAPED.sub(r"\1", text[1:-1]) if kind is Kind.TEXT else text, position)
        place = found.end()
