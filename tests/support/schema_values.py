"""Values of any type of the ledger's schema, drawn by its annotations: a member that is added later is drawn without a word here.

They are as unpleasant as the type allows. What a type does not say (which texts are ids, what an order ranks) is given by whoever
asks, by the struct and the name of the member.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from msgspec import Struct, UnsetType

Members = Mapping[tuple[type[Struct], str], SearchStrategy[Any]]

UNPLEASANT_TEXTS = (
    "",
    " ",
    "a",
    "Checkout",
    "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "nul \0 and escape \x1b[31m red",
    "next line \x85 control \x9b separators \u2028 \u2029",
    "right to left \u202etxt.exe\u202c \u2067isolated\u2069",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "two\nlines\r\nand\ta tab",
    "\N{LATIN SMALL LETTER SHARP S}\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}\N{GREEK SMALL LETTER IOTA WITH DIALYTIKA AND TONOS}",
    "\N{PILE OF POO}\U0010ffff\ufdd0\ufffe",
    "100% %zz %00 %2F ?a=b&c=d#e",
    "../../etc/passwd",
    "/",
    "//evil.example.com/x",
    "http://[",
    "http://[::1",
    "https://example.com:99999999/x",
    "https://ci.example.com/run/1?a=b",
    "javascript:alert(1)",
    "github.com/acme/shop",
    "bitbucket.org/{6f1b1c9e-0f0e-4d39-9f1c-3a6f8f0a2b11}/shop",
    "SHIP-1",
    "ship-1",
    "UTF-8",
    "-",
    "a-",
    "-1",
    "0c9135c20e2e2a1dbeef0123456789abcdef0123",
    "6F1B1C9E-0F0E-4D39-9F1C-3A6F8F0A2B11",
    "2026-02-30T25:61:61Z",
    "NaN",
    "null",
    "x" * 700,
    "\u0105" * 3_000,
)
UNPLEASANT_MOMENTS = (
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
    datetime(2026, 3, 4, 5, 6, 7, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
)
_TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
UNPLEASANT_INTEGERS = (0, 1, -1, 7, 2**31, -(2**63), 2**63 - 1)
UNPLEASANT_NUMBERS = (0.0, -0.0, 0.5, 1.999, 86_401.0, -3.0, 1e300, 5e-324)


def texts() -> SearchStrategy[str]:
    """Texts that make trouble, and any text that can be stored."""
    return st.sampled_from(UNPLEASANT_TEXTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def moments() -> SearchStrategy[datetime]:
    """The ends of time, and some between them."""
    return st.sampled_from(UNPLEASANT_MOMENTS) | st.integers(-40 * 86_400, 86_400).map(
        lambda seconds: _TODAY + timedelta(0, seconds)
    )


def json_values() -> SearchStrategy[Any]:
    """What JSON can say."""
    leaves = st.none() | st.booleans() | st.sampled_from(UNPLEASANT_INTEGERS) | st.sampled_from(UNPLEASANT_NUMBERS) | texts()
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts(), inner, max_size=2), max_leaves=4
    )


class SchemaValues:
    """Draws values of types. ``members``: what is drawn for a member of a struct instead of what its type says."""

    def __init__(self, members: Members | None = None) -> None:
        self._members = members or {}
        self._known: dict[Any, SearchStrategy[Any]] = {
            str: texts(),
            bool: st.booleans(),
            int: st.sampled_from(UNPLEASANT_INTEGERS),
            float: st.sampled_from(UNPLEASANT_NUMBERS),
            datetime: moments(),
            type(None): st.none(),
            Any: json_values(),
        }

    def of(self, kind: Any) -> SearchStrategy[Any]:
        """Values of a type. Raises TypeError for one that no schema of ours has used so far: teach it here."""
        if kind not in self._known:
            self._known[kind] = st.deferred(lambda: self._make(kind))
        return self._known[kind]

    def struct(self, kind: type[Struct], **given: SearchStrategy[Any]) -> SearchStrategy[Any]:
        """Structs with any of their optional members; ``given`` ones always, and as drawn there."""
        hints = get_type_hints(kind)
        required: dict[str, SearchStrategy[Any]] = {}
        optional: dict[str, SearchStrategy[Any]] = {}
        for field in msgspec.structs.fields(kind):
            values = given.get(field.name, self._members.get((kind, field.name)))
            (required if field.required or field.name in given else optional)[field.name] = (
                self.of(hints[field.name]) if values is None else values
            )
        return st.fixed_dictionaries(required, optional=optional).map(lambda members: kind(**members))

    def _make(self, kind: Any) -> SearchStrategy[Any]:
        arguments = get_args(kind)
        origin = get_origin(kind)
        if origin in (Union, types.UnionType):
            return st.one_of([self.of(one) for one in arguments if one is not UnsetType])
        if origin is tuple and arguments[1:] == (...,):
            return st.lists(self.of(arguments[0]), max_size=2).map(tuple)
        if origin is frozenset:
            return st.frozensets(self.of(arguments[0]), max_size=2)
        if origin is dict:
            return st.dictionaries(self.of(arguments[0]), self.of(arguments[1]), max_size=2)
        if isinstance(kind, type) and issubclass(kind, Enum):
            return st.sampled_from(kind)
        if isinstance(kind, type) and issubclass(kind, Struct):
            return self.struct(kind)
        raise TypeError(f"no values are known for {kind!r}")
