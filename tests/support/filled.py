"""Values of any type, filled with one text: what a type can hold, without knowing it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from msgspec import inspect

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)


def fill(type_: Any, text: str) -> Any:
    """A value of ``type_`` whose texts are all ``text``, and whose lists and mappings have one member."""
    return _fill(inspect.type_info(type_), text)


def _fill(known: Any, text: str) -> Any:
    return _FILLS[type(known)](known, text)


def _fill_union(known: Any, text: str) -> Any:
    """What may be more than one text is the harder case."""
    return _fill(min(known.types, key=lambda one: isinstance(one, inspect.NoneType | inspect.StrType)), text)


_FILLS: dict[type, Callable[[Any, str], Any]] = {
    inspect.Metadata: lambda known, text: _fill(known.type, text),
    inspect.StrType: lambda _, text: text,
    inspect.AnyType: lambda _, text: text,
    inspect.IntType: lambda *_: 1,
    inspect.FloatType: lambda *_: 1.0,
    inspect.BoolType: lambda *_: True,
    inspect.NoneType: lambda *_: None,
    inspect.DateTimeType: lambda *_: NOW,
    inspect.EnumType: lambda known, _: next(iter(known.cls)),
    inspect.LiteralType: lambda known, _: known.values[0],
    inspect.VarTupleType: lambda known, text: (_fill(known.item_type, text),),
    inspect.TupleType: lambda known, text: tuple(_fill(one, text) for one in known.item_types),
    inspect.DictType: lambda known, text: {_fill(known.key_type, text): _fill(known.value_type, text)},
    inspect.StructType: lambda known, text: known.cls(**{one.name: _fill(one.type, text) for one in known.fields}),
    inspect.UnionType: _fill_union,
}
