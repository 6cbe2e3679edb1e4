"""The statements of a SQLite store as texts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from shipledger.store.statements import load_statements


@cache
def load_texts() -> Mapping[str, str]:
    """The text of every statement by its name."""
    return MappingProxyType({name: statement.text for name, statement in load_statements("sqlite").items()})
