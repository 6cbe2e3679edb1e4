"""Corrections as pages show them: what was said, by whom, what was corrected, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from shipledger.deployments.consequences import Preview
from shipledger.errors import NotFound
from shipledger.ledger.correcting import value_of
from shipledger.ledger.corrections import fields_of, find_in_force
from shipledger.ledger.deployment import Deployment
from shipledger.verbs.actor_names import actor_name, find_actor_names
from shipledger.verbs.correction_words import FIELD_WORDS, write_value
from shipledger.verbs.corrections import Corrected
from shipledger.web.pages.frame import Frame


class FieldLine(Struct, frozen=True):
    """A field that is corrected. ``said_by`` and ``said_at``: of the report; "" and None where none said it."""

    correction_id: str
    name: str
    said: str
    said_by: str
    said_at: datetime | None
    source: str
    corrected: str
    by: str
    at: datetime
    reason: str


class CorrectionLine(Struct, frozen=True):
    """A correction. ``undone_by`` is "" while it stands; ``holds``: the fields for which it does."""

    correction_id: str
    what: tuple[tuple[str, str], ...]
    reason: str
    by: str
    at: datetime
    holds: tuple[str, ...]
    undone_by: str
    undone_at: datetime | None
    undone_reason: str


class CorrectionLines(Struct, frozen=True):
    """All of them, the newest first."""

    fields: Sequence[FieldLine]
    corrections: Sequence[CorrectionLine]


class Moved(Struct, frozen=True):
    """A field of a preview."""

    name: str
    before: str
    after: str


async def find_lines(frame: Frame, deployment: Deployment) -> CorrectionLines | None:
    """The corrections of a deployment; None if there never was one."""
    if not deployment.corrections:
        return None
    return await to_lines(frame, await frame.corrections.read_corrections(deployment.organization_id, deployment.deployment_id))


async def is_removed_by_hand(frame: Frame, organization_id: str, deployment_id: str) -> bool:
    """Whether a deployment that is not there was removed by hand, so that it can come back."""
    try:
        return (await frame.corrections.read_corrections(organization_id, deployment_id)).deployment.is_removed
    except NotFound:
        return False


async def to_lines(frame: Frame, corrected: Corrected) -> CorrectionLines:
    """Corrections with the names of whoever made and undid them."""
    deployment, in_force = corrected.deployment, find_in_force(corrected.deployment.corrections)
    actors = [
        *(one.actor for one in deployment.corrections),
        *(one.undone.actor for one in deployment.corrections if one.undone is not None),
        *(one.actor for one in corrected.reported.values()),
    ]
    names = await find_actor_names(frame.ledger, deployment.organization_id, actors)
    fields = []
    for field, one in in_force.items():
        told = corrected.reported[field]
        fields.append(
            FieldLine(
                correction_id=one.correction_id,
                name=FIELD_WORDS[field].capitalize(),
                said=write_value(field, told.value),
                said_by=actor_name(told.actor, names) if told.at is not None else "",
                said_at=told.at,
                source=told.source,
                corrected=write_value(field, value_of(deployment, field)),
                by=actor_name(one.actor, names),
                at=one.at,
                reason=one.reason,
            )
        )
    corrections = [
        CorrectionLine(
            correction_id=one.correction_id,
            what=tuple((FIELD_WORDS[field], write_value(field, getattr(one.said, field))) for field in fields_of(one.said)),
            reason=one.reason,
            by=actor_name(one.actor, names),
            at=one.at,
            holds=tuple(FIELD_WORDS[field] for field, held in in_force.items() if held.correction_id == one.correction_id),
            undone_by="" if one.undone is None else actor_name(one.undone.actor, names),
            undone_at=None if one.undone is None else one.undone.at,
            undone_reason="" if one.undone is None else one.undone.reason,
        )
        for one in reversed(deployment.corrections)
    ]
    return CorrectionLines(fields, corrections)


def to_moved(preview: Preview) -> list[Moved]:
    """The fields that would change, in words."""
    return [
        Moved(
            FIELD_WORDS[field].capitalize(),
            write_value(field, value_of(preview.before, field)),
            write_value(field, value_of(preview.after, field)),
        )
        for field in preview.fields
    ]
