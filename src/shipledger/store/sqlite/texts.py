"""The statements of a SQLite store as texts."""

from __future__ import annotations

from collections.abc import Mapping

from shipledger.store.statements import load_statements


def load_texts() -> Mapping[str, str]:
    """The text of every statement by its name."""
    return {name: statement.text for name, statement in load_statements("sqlite").items()}
