"""Corrections as they are on the wire."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from shipledger.protocols.native.mark_wire import ActorOut


class SaidOut(Struct, frozen=True, kw_only=True):
    """What was reported of a field, by whom, and when that was accepted; nulls where no report says it."""

    value: Any
    at: str | None
    actor: ActorOut | None
    source: str | None
    request_id: str | None


class CorrectedFieldOut(Struct, frozen=True, kw_only=True):
    """A field that is corrected: what holds, by which correction, and what was reported."""

    field: str
    value: Any
    correction: str
    reported: SaidOut


class UndoneOut(Struct, frozen=True, kw_only=True):
    """That a correction was taken back."""

    at: str
    actor: ActorOut | None
    reason: str | None


class CorrectionOut(Struct, frozen=True, kw_only=True):
    """A correction: its values by field, by whom, why, and when it was taken back."""

    id: str
    values: dict[str, Any]
    reason: str
    at: str
    actor: ActorOut | None
    undone: UndoneOut | None


class CorrectionsOut(Struct, frozen=True, kw_only=True):
    """The corrections of a deployment, oldest first.

    ``version`` is also the ``ETag``; ``correction`` is the one just made or undone.
    """

    deployment: str
    version: int
    removed: bool
    fields: tuple[CorrectedFieldOut, ...]
    corrections: tuple[CorrectionOut, ...]
    correction: str | None = None


class MovedFieldOut(Struct, frozen=True, kw_only=True):
    """A field for which something else would hold."""

    field: str
    before: Any
    after: Any


class HeadOut(Struct, frozen=True, kw_only=True):
    """What runs in a lane, and since when."""

    deployment: str
    external_id: str
    version: str | None
    since: str


class LaneMoveOut(Struct, frozen=True, kw_only=True):
    """What would run of a service in an environment."""

    service: str
    environment: str
    before: HeadOut | None
    after: HeadOut | None


class IssueMoveOut(Struct, frozen=True, kw_only=True):
    """The tiers in which an issue would be released, the most advanced first."""

    issue: str
    before: tuple[str, ...]
    after: tuple[str, ...]


class PlaceMoveOut(Struct, frozen=True, kw_only=True):
    """The moment by which the deployment stands in lists; null where it would not be there."""

    before: str | None
    after: str | None


class PreviewOut(Struct, frozen=True, kw_only=True):
    """What a correction, or an undo, would move. Nothing was recorded."""

    deployment: str
    version: int
    dry_run: bool
    fields: tuple[MovedFieldOut, ...]
    lanes: tuple[LaneMoveOut, ...]
    issues: tuple[IssueMoveOut, ...]
    place: PlaceMoveOut
