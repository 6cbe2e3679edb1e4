"""The query language of lists: from text to a tree. Pure, and knows nothing of what is searched."""

from __future__ import annotations

import re
from typing import TypeAlias

from msgspec import Struct

from shipledger.protocols.datadog.pattern import Pattern, to_pattern
from shipledger.protocols.wildcards import ANY, ONE

LENGTH_LIMIT = 2048
TERMS_LIMIT = 100
DEPTH_LIMIT = 50

_KEY = re.compile(r"@?[\w./-]+")
_ENDS_WORD = frozenset('()":,')
_OPERATORS = ("AND", "OR", "NOT")
_RANGES = frozenset("<>[{")


class QueryError(ValueError):
    """The query cannot be read. ``position`` counts characters from 1."""

    def __init__(self, sentence: str, position: int) -> None:
        super().__init__(f"{sentence}, at position {position} of the query")
        self.position = position


class Field(Struct, frozen=True):
    """A key whose value matches. The key is without ``@`` and in lower case."""

    key: str
    pattern: Pattern


class Word(Struct, frozen=True):
    """A word without a key."""

    pattern: Pattern


class Not(Struct, frozen=True):
    """What does not match ``item``."""

    item: Query


class And(Struct, frozen=True):
    """What matches all ``items``; everything when there are none."""

    items: tuple[Query, ...]


class Or(Struct, frozen=True):
    """What matches one of ``items``."""

    items: tuple[Query, ...]


Query: TypeAlias = Field | Word | Not | And | Or

EVERYTHING = And(())


def parse_query(text: str) -> Query:
    """The tree of a query; an empty one matches everything. Raises QueryError."""
    if len(text) > LENGTH_LIMIT:
        raise QueryError(f"a query has at most {LENGTH_LIMIT} characters", LENGTH_LIMIT + 1)
    parser = _Parser(text)
    return parser.parse() if text.strip() else EVERYTHING


class _Parser:
    """Reads from left to right; each method reads one rule of the grammar and stands behind it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._terms = 0

    def parse(self) -> Query:
        query = self._or("")
        if self._at < len(self._text):
            raise self._error('")" closes nothing' if self._peek() == ")" else f'"{self._peek()}" is not expected')
        return query

    def _or(self, key: str) -> Query:
        items = [self._and(key)]
        while self._take_operator("OR"):
            items.append(self._and(key))
        return items[0] if len(items) == 1 else Or(tuple(items))

    def _and(self, key: str) -> Query:
        items = [self._not(key)]
        while True:
            is_joined = self._take_operator("AND")
            if not is_joined and (self._peek() in ("", ")") or self._sees_operator("OR")):
                break
            items.append(self._not(key))
        return items[0] if len(items) == 1 else And(tuple(items))

    def _not(self, key: str) -> Query:
        if self._take_operator("NOT"):
            return Not(self._atom(key))
        if self._peek() == "-":
            self._at += 1
            if self._text[self._at : self._at + 1].strip() in ("", ")"):
                raise self._error('"-" must stand right before what it negates')
            return Not(self._atom(key))
        return self._atom(key)

    def _atom(self, key: str) -> Query:
        start = self._peek()
        if start == "":
            raise self._error("something is missing")
        if start == "(":
            return self._group(key)
        for operator in _OPERATORS:
            if self._sees_operator(operator):
                raise self._error(f'"{operator}" stands between or before terms')
        return self._value(key) if key else self._term()

    def _group(self, key: str) -> Query:
        opened_at = self._at
        self._at += 1
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise self._error(f"parentheses may be {DEPTH_LIMIT} deep")
        if self._peek() == ")":
            raise self._error("nothing is between the parentheses")
        query = self._or(key)
        if self._peek() != ")":
            self._at = opened_at
            raise self._error('"(" is not closed')
        self._at += 1
        self._depth -= 1
        return query

    def _term(self) -> Query:
        start = self._at
        if self._peek() == '"':
            return self._counted(Word(self._quoted()))
        pattern = self._word()
        if self._text[self._at : self._at + 1] != ":":
            return self._counted(Word(pattern))
        key = self._text[start : self._at]
        if not _KEY.fullmatch(key):
            self._at = start
            raise self._error('a key has only letters, digits and the characters "_", "-", "." and "/"')
        self._at += 1
        following = self._text[self._at : self._at + 1]
        if not following.strip():
            raise self._error('a value is missing after ":"')
        key = key.removeprefix("@").casefold()
        return self._group(key) if following == "(" else self._value(key)

    def _value(self, key: str) -> Query:
        start = self._peek()
        if start in _RANGES or self._text.startswith("CIDR(", self._at):
            raise self._error("comparisons, ranges and CIDR() are not supported; list the values, or use * and ?")
        return self._counted(Field(key, self._quoted() if start == '"' else self._word()))

    def _word(self) -> Pattern:
        parts: list[str] = []
        start = self._at
        while self._at < len(self._text):
            character = self._text[self._at]
            if character.isspace() or character in _ENDS_WORD:
                break
            if character == "\\":
                parts.append(self._escaped())
                continue
            parts.append({"*": ANY, "?": ONE}.get(character, character))
            self._at += 1
        if self._at == start:
            raise self._error(f'"{self._text[self._at]}" is not expected; quote a value that has it')
        self._check_end('",')
        return to_pattern(parts)

    def _quoted(self) -> Pattern:
        start = self._at
        self._at += 1
        parts: list[str] = []
        while self._at < len(self._text):
            character = self._text[self._at]
            if character == '"':
                self._at += 1
                self._check_end('":,')
                return to_pattern(parts)
            if character == "\\":
                parts.append(self._escaped())
                continue
            parts.append(character)
            self._at += 1
        self._at = start
        raise self._error("a quotation mark is not closed")

    def _escaped(self) -> str:
        if self._at + 1 >= len(self._text):
            raise self._error('nothing follows "\\"')
        self._at += 2
        return self._text[self._at - 1]

    def _check_end(self, forbidden: str) -> None:
        following = self._text[self._at : self._at + 1]
        if following and following in forbidden:
            raise self._error(f"'{following}' is not expected here; quote or escape it")

    def _counted(self, query: Query) -> Query:
        self._terms += 1
        if self._terms > TERMS_LIMIT:
            raise self._error(f"a query has at most {TERMS_LIMIT} terms")
        return query

    def _peek(self) -> str:
        """The next character that is no white space; empty at the end. Stands before it afterwards."""
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1
        return self._text[self._at : self._at + 1]

    def _sees_operator(self, operator: str) -> bool:
        self._peek()
        end = self._at + len(operator)
        following = self._text[end : end + 1]
        return self._text.startswith(operator, self._at) and (not following.strip() or following in '()"')

    def _take_operator(self, operator: str) -> bool:
        is_there = self._sees_operator(operator)
        if is_there:
            self._at += len(operator)
        return is_there

    def _error(self, sentence: str) -> QueryError:
        return QueryError(sentence, self._at + 1)
