"""From the text of a query to its tree, in one pass.

    query     = all ( "OR" all )*
    all       = one ( "AND" one | "NOT" one )*
    one       = "NOT"* ( "(" query ")" | condition )
    condition = field ( ":" | "=" | "<" | "<=" | ">" | ">=" ) value
    value     = quoted | word+ | "(" a query whose conditions are values, for ":" and "=" alone ")"

``a NOT b`` is ``a AND NOT b``. A value ends where AND, OR, NOT, a parenthesis or the query does.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from shipledger.protocols.opsgenie.incident_query.fields import FIELDS, find_field
from shipledger.protocols.opsgenie.incident_query.tree import ALL, Every, Negation, Node, Some
from shipledger.protocols.opsgenie.incident_query.values import QueryFault, to_condition
from shipledger.protocols.opsgenie.reading import Faults, find_unstorable

LENGTH_LIMIT = 2_000
TERMS_LIMIT = 100
DEPTH_LIMIT = 20

_BLANKS = re.compile(r"\s*+")
_WORD = re.compile(r'[^\s()"]++')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_HEAD = re.compile(r"([A-Za-z.]++)\s*+(<=|>=|[:=<>])")
_OPERATORS = ("AND", "OR", "NOT")
_SHOWN = 60
"""How many characters of a query an answer shows."""


def read_query(text: str, faults: Faults) -> Node:
    """What a query says. What cannot be read is named in ``faults``."""
    if not text.strip():
        return ALL
    fault = f"should have at most {LENGTH_LIMIT} characters" if len(text) > LENGTH_LIMIT else find_unstorable(text)
    if fault is None:
        try:
            return parse_query(text)
        except QueryFault as error:
            fault = str(error)
    faults["query"] = fault
    return ALL


def parse_query(text: str) -> Node:
    """What a query of any length says. Raises QueryFault."""
    return _Parser(text).read()


class _Parser:
    """Reads a text from left to right; ``_at`` is where it has come to, never before a blank."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._conditions = 0
        self._depth = 0
        self._skip_blanks()

    def read(self) -> Node:
        node = self._read_some(self._read_condition)
        if self._at < len(self._text):
            raise QueryFault(f"should open a parenthesis before it closes one at {self._rest()}")
        return node

    def _read_some(self, atom: Callable[[], Node]) -> Node:
        parts = [self._read_every(atom)]
        while self._take_word("OR"):
            parts.append(self._read_every(atom))
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _read_every(self, atom: Callable[[], Node]) -> Node:
        parts = [self._read_one(atom)]
        while self._take_word("AND") or self._peek_word() == "NOT":
            parts.append(self._read_one(atom))
        if self._at < len(self._text) and self._peek_word() != "OR" and self._text[self._at] != ")":
            raise QueryFault(f"should have AND, OR or NOT before {self._rest()}, or one value in quotation marks")
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _read_one(self, atom: Callable[[], Node]) -> Node:
        is_negated = False
        while self._take_word("NOT"):
            is_negated = not is_negated
        node = self._read_group(atom) if self._text.startswith("(", self._at) else atom()
        return Negation(node) if is_negated else node

    def _read_group(self, atom: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise QueryFault(f"should have at most {DEPTH_LIMIT} parentheses in each other")
        self._move(1)
        node = self._read_some(atom)
        if not self._text.startswith(")", self._at):
            raise QueryFault("should close every parenthesis")
        self._move(1)
        self._depth -= 1
        return node

    def _read_condition(self) -> Node:
        head = _HEAD.match(self._text, self._at)
        field = find_field(head[1]) if head else None
        if head is None or field is None:
            raise QueryFault(f"should have a field and ':' at {self._rest()}; the fields are {', '.join(FIELDS)}")
        comparison = ":" if head[2] == "=" else head[2]
        self._move(len(head[0]))

        def read_value() -> Node:
            return self._read_value(field, comparison)

        if not self._text.startswith("(", self._at):
            return read_value()
        if comparison != ":":
            raise QueryFault(f"should compare {field} by '{comparison}' with one value, not with a list")
        return self._read_group(read_value)

    def _read_value(self, field: str, comparison: str) -> Node:
        self._conditions += 1
        if self._conditions > TERMS_LIMIT:
            raise QueryFault(f"should have at most {TERMS_LIMIT} terms")
        if self._text.startswith('"', self._at):
            return to_condition(field, comparison, [self._read_quoted()], is_quoted=True)
        words: list[str] = []
        while (word := self._peek_word()) and word not in _OPERATORS:
            if words and self._begins_condition():
                raise QueryFault(f"should have AND, OR or NOT before {self._rest()}, or one value in quotation marks")
            words.append(word)
            self._move(len(word))
        if not words:
            raise QueryFault(f"should have a value for {field} before {self._rest()}, in quotation marks if it is AND, OR or NOT")
        return to_condition(field, comparison, words, is_quoted=False)

    def _read_quoted(self) -> str:
        found = _QUOTED.match(self._text, self._at)
        if found is None:
            raise QueryFault(f"should close the quotation mark of {self._rest()}")
        self._move(len(found[0]))
        return _ESCAPED.sub(r"\1", found[1]).strip()

    def _begins_condition(self) -> bool:
        head = _HEAD.match(self._text, self._at)
        return head is not None and find_field(head[1]) is not None

    def _peek_word(self) -> str:
        found = _WORD.match(self._text, self._at)
        return found[0] if found else ""

    def _take_word(self, word: str) -> bool:
        is_next = self._peek_word() == word
        if is_next:
            self._move(len(word))
        return is_next

    def _move(self, length: int) -> None:
        self._at += length
        self._skip_blanks()

    def _skip_blanks(self) -> None:
        found = _BLANKS.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _rest(self) -> str:
        rest = self._text[self._at :]
        return "its end" if not rest else repr(rest if len(rest) <= _SHOWN else f"{rest[:_SHOWN]}…")
