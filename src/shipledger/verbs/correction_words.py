"""Corrections in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import UNSET

from shipledger.ledger.corrections import fields_of
from shipledger.ledger.submission import Correct, CorrectedFacts, UndoCorrection

FIELD_WORDS = {
    "started_at": "start",
    "finished_at": "end",
    "state": "state",
    "environment": "environment",
    "services": "services",
    "version": "version",
    "title": "title",
    "releases": "commits",
    "is_removed": "removed",
}
"""What people call the fields that can be corrected."""

NOTHING = "nothing"


def describe_correction(said: CorrectedFacts) -> tuple[str, ...]:
    """What a correction says, a sentence for each field."""
    if said.is_removed is True:
        return ("Removed by hand.",)
    return tuple(f"Corrected {FIELD_WORDS[name]}: {write_value(name, getattr(said, name))}." for name in fields_of(said))


def name_corrected(said: Correct | UndoCorrection) -> tuple[str, ...]:
    """What a correction or an undo is about, in few words."""
    return (
        tuple(FIELD_WORDS[name] for name in fields_of(said.said)) if isinstance(said, Correct) else ("a correction was undone",)
    )


def write_value(name: str, value: Any) -> str:
    """What a field has, in words."""
    if value is UNSET or value is None or value == ():
        return NOTHING
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=' ')} UTC"
    return _WRITERS.get(name, str)(value)


_WRITERS: Mapping[str, Callable[[Any], str]] = {
    "state": lambda value: str(value).replace("_", " "),
    "environment": lambda value: str(value.name or value.id),
    "services": ", ".join,
    "releases": lambda value: ", ".join(f"{one.repository}@{one.commit}" for one in value),
    "is_removed": lambda value: "yes" if value else "no",
}
