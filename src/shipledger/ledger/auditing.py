"""What an audit asks for: who did what, from the entries of all kinds of records. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from msgspec import Struct


class AuditPlace(NamedTuple):
    """Where an entry stands in an audit: by its time, then its kind, its record and its number there. No two are equal."""

    recorded_at: datetime
    kind: str
    subject_id: str
    version: int


class AuditFilter(Struct, frozen=True):
    """The newest entries first, ``before`` a place.

    ``kinds``: none for all. ``actor``: how the text of an actor begins, such as ``person:`` or one with its id. Both bounds of
    time are inclusive. ``has_reports``: also what senders report all day.
    """

    limit: int
    kinds: tuple[str, ...] = ()
    actor: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: AuditPlace | None = None
    has_reports: bool = False
