"""Isolates every value in templates automatically, depending on its context."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

FILTER, FILTER_IN_TEXT = "isolated", "isolated_in_text"

_WITHOUT_ELEMENTS = frozenset({"title", "option", "textarea", "text"})
"""Where no element can stand; ``text`` and ``title`` are those of SVG, too."""
_LEFT_ALONE = frozenset({"pre", "script", "style"})
"""A block of its own lines, and what people do not read."""
_READ_BY_PEOPLE = frozenset({"title", "aria-label", "alt", "placeholder", "label"})
_BLOCKS_WITHOUT_ELEMENTS = frozenset({"title"})
"""Blocks that the layout has within such an element."""

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)|<!--.*?-->", re.DOTALL)
_ATTRIBUTE = re.compile(r"([^\s\"'<>=/]+)\s*=\s*[\"']?$")


class IsolatingExtension(Extension):
    """Adds the filter that fits to each expression of a template."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The tokens, with a filter behind what is written out."""
        place = _Place()
        chosen = ""
        words: list[str] = []
        for token in stream:
            if token.type == "data":
                place.pass_over(token.value)
            elif token.type == "block_begin":
                words = []
            elif token.type == "block_end":
                place.enter_block(words)
            elif token.type == "name":
                words.append(token.value)
            elif token.type == "variable_end" and chosen:
                yield from (Token(token.lineno, kind, text) for kind, text in _filtered(chosen))
            yield token
            if token.type == "variable_begin":
                chosen = place.filter_name
                if chosen:
                    yield Token(token.lineno, "lparen", "(")


def _filtered(name: str) -> tuple[tuple[str, str], ...]:
    return (("rparen", ")"), ("pipe", "|"), ("name", name))


class _Place:
    """Where in the HTML the template has come to. Branches of an ``if`` must lead to the same place, as all of ours do."""

    def __init__(self) -> None:
        self._within = ""
        self._tag = ""
        self._quote = ""
        self._last = ""
        self._block_is_text = False

    @property
    def filter_name(self) -> str:
        """The filter for a value that is written here; "" for none."""
        if self._tag:
            found = _ATTRIBUTE.search(self._last) if self._quote else None
            return FILTER_IN_TEXT if found and found[1].lower() in _READ_BY_PEOPLE else ""
        if self._within in _LEFT_ALONE:
            return ""
        return FILTER_IN_TEXT if self._within in _WITHOUT_ELEMENTS or self._block_is_text else FILTER

    def enter_block(self, words: list[str]) -> None:
        """Note the tag of a template, such as ``block title``."""
        if words[:1] == ["block"]:
            self._block_is_text = words[1] in _BLOCKS_WITHOUT_ELEMENTS
        elif words[:1] == ["endblock"]:
            self._block_is_text = False

    def pass_over(self, html: str) -> None:
        """Note what the template writes itself."""
        place = 0
        while place < len(html):
            place = self._pass_tag(html, place) if self._tag else self._pass_text(html, place)

    def _pass_text(self, html: str, place: int) -> int:
        found = _TAG.search(html, place)
        if found is None:
            return len(html)
        name = (found[2] or "").lower()
        if name and found[1] and name == self._within:
            self._within = ""
        if name and (not self._within or found[1]):
            self._tag, self._last = ("/" if found[1] else "") + name, ""
        return found.end()

    def _pass_tag(self, html: str, place: int) -> int:
        """Over a part of a tag: to the end of the quoted value, to its beginning, or to the end of the tag."""
        if self._quote:
            end = html.find(self._quote, place)
            if end < 0:
                return len(html)
            self._quote, self._last = "", ""
            return end + 1
        found = re.compile(r"[\"'>]").search(html, place)
        if found is None:
            self._last += html[place:]
            return len(html)
        if found.group() == ">":
            is_open = not self._tag.startswith("/") and not html[: found.start()].endswith("/")
            if is_open and self._tag in _WITHOUT_ELEMENTS | _LEFT_ALONE:
                self._within = self._tag
            self._tag = ""
        else:
            self._last += html[place : found.start()]
            self._quote = found.group()
        return found.end()
