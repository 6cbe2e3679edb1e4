"""Who changed a record of the catalog, when, and what. Pure."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from shipledger.protocols.times import format_time


class ChangeOut(Struct, frozen=True, kw_only=True):
    """An entry of a record. ``actor``: the kind of who changed it, a colon, and its id or name; empty if none was kept.

    ``request_id``: what asked for it.
    """

    version: int
    at: str
    actor: str
    request_id: str
    changes: tuple[str, ...]


class HistoryOut(Struct, frozen=True):
    """All changes of a record, oldest first."""

    history: tuple[ChangeOut, ...]


def to_change(entry: Any, changes: tuple[str, ...]) -> ChangeOut:
    """An entry of any record, with what it changed in words."""
    return ChangeOut(
        version=entry.version,
        at=format_time(entry.recorded_at),
        actor="" if entry.actor is None else str(entry.actor),
        request_id=entry.receipt_id,
        changes=changes,
    )
