"""From corrections to this API's answers. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import UNSET

from shipledger.deployments.consequences import Head, LaneMove, Preview
from shipledger.ledger.actor import Actor
from shipledger.ledger.correcting import value_of
from shipledger.ledger.corrections import Correction, count_changes, fields_of, find_in_force
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.submission import Environment, Release
from shipledger.protocols.native.correction_wire import (
    CorrectedFieldOut,
    CorrectionOut,
    CorrectionsOut,
    HeadOut,
    IssueMoveOut,
    LaneMoveOut,
    MovedFieldOut,
    PlaceMoveOut,
    PreviewOut,
    SaidOut,
    UndoneOut,
)
from shipledger.protocols.native.mark_wire import ActorOut
from shipledger.protocols.times import format_known_time, format_time
from shipledger.verbs.corrections import Corrected, Testimony

_NAMES = {"is_removed": "removed"}
"""The members that are called otherwise here."""


def to_corrections(corrected: Corrected, correction_id: str | None = None) -> CorrectionsOut:
    """The corrections of a deployment. ``correction_id``: the one that was just made or undone."""
    deployment = corrected.deployment
    return CorrectionsOut(
        deployment=deployment.deployment_id,
        version=corrected.version,
        removed=deployment.is_removed,
        fields=tuple(
            CorrectedFieldOut(
                field=name_of(field),
                value=to_value(value_of(deployment, field)),
                correction=one.correction_id,
                reported=_to_said(corrected.reported[field]),
            )
            for field, one in sorted(find_in_force(deployment.corrections).items())
        ),
        corrections=tuple(map(_to_correction, deployment.corrections)),
        correction=correction_id,
    )


def to_preview(preview: Preview) -> PreviewOut:
    """What a correction would move."""
    return PreviewOut(
        deployment=preview.before.deployment_id,
        version=count_changes(preview.before.corrections),
        dry_run=True,
        fields=tuple(
            MovedFieldOut(
                field=name_of(field),
                before=to_value(value_of(preview.before, field)),
                after=to_value(value_of(preview.after, field)),
            )
            for field in preview.fields
        ),
        lanes=tuple(map(_to_lane_move, preview.lanes)),
        issues=tuple(IssueMoveOut(issue=one.issue, before=one.before, after=one.after) for one in preview.issues),
        place=PlaceMoveOut(before=_place_of(preview.before), after=_place_of(preview.after)),
    )


def name_of(field: str) -> str:
    """What a field is called here."""
    return _NAMES.get(field, field)


def to_value(value: Any) -> Any:
    """What a field has, as it is sent."""
    if isinstance(value, datetime):
        return format_time(value)
    if isinstance(value, Environment):
        return {"id": value.id, "name": value.name}
    if isinstance(value, tuple):
        return [to_value(one) for one in value]
    if isinstance(value, Release):
        return {"repository": value.repository, "commit": value.commit}
    return None if value is UNSET else value


def _to_correction(one: Correction) -> CorrectionOut:
    undone = one.undone
    return CorrectionOut(
        id=one.correction_id,
        values={name_of(field): to_value(getattr(one.said, field)) for field in fields_of(one.said)},
        reason=one.reason,
        at=format_time(one.at),
        actor=_to_actor(one.actor),
        undone=None
        if undone is None
        else UndoneOut(at=format_time(undone.at), actor=_to_actor(undone.actor), reason=undone.reason or None),
    )


def _to_actor(actor: Actor | None) -> ActorOut | None:
    return None if actor is None else ActorOut(actor.kind, actor.id)


def _to_said(one: Testimony) -> SaidOut:
    return SaidOut(
        value=to_value(one.value),
        at=format_known_time(one.at),
        actor=_to_actor(one.actor),
        source=one.source or None,
        request_id=one.receipt_id or None,
    )


def _to_lane_move(one: LaneMove) -> LaneMoveOut:
    return LaneMoveOut(service=one.service, environment=one.environment, before=_to_head(one.before), after=_to_head(one.after))


def _to_head(head: Head | None) -> HeadOut | None:
    if head is None:
        return None
    return HeadOut(
        deployment=head.deployment_id,
        external_id=head.external_id,
        version=head.version or None,
        since=format_time(head.since),
    )


def _place_of(one: Deployment) -> str | None:
    return None if one.is_removed else format_time(one.placed_at)
