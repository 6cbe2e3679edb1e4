"""What entries of settings say, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct

from shipledger.catalog.organization_settings.forms import to_words
from shipledger.catalog.organization_settings.model import ChangeSettings, Value
from shipledger.ledger.aggregate import RecordEntry


class Change(Struct, frozen=True):
    """An entry. ``changes`` has one short sentence for each setting."""

    version: int
    at: datetime
    actor: str
    receipt_id: str
    changes: tuple[str, ...]


def list_changes(entries: Iterable[RecordEntry]) -> list[Change]:
    """Entries as they are shown."""
    return [
        Change(
            version=one.version,
            at=one.recorded_at,
            actor="" if one.actor is None else str(one.actor),
            receipt_id=one.receipt_id,
            changes=describe(one.submission),
        )
        for one in entries
    ]


def describe(said: Any) -> tuple[str, ...]:
    """What a submission changed; of an erased one only that."""
    if not isinstance(said, ChangeSettings):
        return ("Erased.",)
    return tuple(f"{key} {_describe(value)}." for key, value in said.values.items())


def _describe(value: Value | None) -> str:
    return "is inherited again" if value is None else f"set to {to_words(value)}"
