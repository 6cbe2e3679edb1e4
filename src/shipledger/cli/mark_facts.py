"""Marks as commands show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct


def to_mark_facts(marks: Struct) -> list[tuple[str, str]]:
    """What was said by hand, by the name of the mark; "" for what was not."""
    return [(name.replace("_", " "), _to_text(value)) for name, value in msgspec.to_builtins(marks).items()]


def _to_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "\n".join(map(_to_text, value))
    if isinstance(value, Mapping):
        return " ".join(str(one) for one in value.values() if one)
    return "" if value is None else str(value)
