"""Corrections: what somebody says by hand instead of what was reported, with a reason. Pure.

They are kept beside what was reported, never in its place, so that taking one back needs nothing but this. Which of several
holds follows from the order of acceptance, field by field.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import UNSET, Struct
from msgspec.structs import replace

from shipledger.ledger.actor import Actor
from shipledger.ledger.course import Course
from shipledger.ledger.submission import CorrectedFacts, Facts, Order, StateReport

CORRECTABLE: tuple[str, ...] = CorrectedFacts.__struct_fields__
"""What of a deployment can be corrected."""


MOST_CORRECTIONS = 200
"""Of one deployment, also undone ones: a script that goes on correcting must not fill its record."""


REASON_SHOWN = 200


class Undone(Struct, frozen=True, omit_defaults=True):
    """That a correction was taken back: by whom, and when that was accepted."""

    order: Order
    at: datetime
    actor: Actor | None = None
    reason: str = ""


class Correction(Struct, frozen=True, omit_defaults=True):
    """One correction: by whom, and when that was accepted. ``undone``: None while it has not been taken back."""

    correction_id: str
    said: CorrectedFacts
    reason: str
    order: Order
    at: datetime
    actor: Actor | None = None
    undone: Undone | None = None


class Reported(Struct, frozen=True, omit_defaults=True):
    """What of a corrected deployment its reports say."""

    facts: Facts
    report: StateReport
    course: Course | None
    is_removed: bool = False


def fields_of(said: CorrectedFacts) -> tuple[str, ...]:
    """What a correction is about."""
    return tuple(name for name in CORRECTABLE if getattr(said, name) is not UNSET)


def find_in_force(corrections: Iterable[Correction]) -> dict[str, Correction]:
    """The correction that holds for each field: of those that were not taken back, the one that was accepted last."""
    standing = sorted((one for one in corrections if one.undone is None), key=_rank)
    return {name: one for one in standing for name in fields_of(one.said)}


def count_changes(corrections: Iterable[Correction]) -> int:
    """How many corrections and undos there were: who knows as many knows them all."""
    return sum(1 if one.undone is None else 2 for one in corrections)


def describe_last(corrections: Sequence[Correction]) -> str:
    """What was corrected or undone last, in few words; "" if nothing was."""
    made = [(_rank(one), ", ".join(fields_of(one.said)), one.reason) for one in corrections]
    undone = [
        ((one.undone.order, one.correction_id), f"undo of {', '.join(fields_of(one.said))}", one.undone.reason)
        for one in corrections
        if one.undone is not None
    ]
    _, what, why = max((*made, *undone), default=(None, "", ""))
    return f"{what}, because “{why[:REASON_SHOWN]}”" if why else what


def with_correction(corrections: tuple[Correction, ...], new: Correction) -> tuple[Correction, ...]:
    """``corrections`` with another, in order of acceptance; the same if it is among them."""
    if any(one.correction_id == new.correction_id for one in corrections):
        return corrections
    return tuple(sorted((*corrections, new), key=_rank))


def with_undo(corrections: tuple[Correction, ...], correction_id: str, undone: Undone) -> tuple[Correction, ...]:
    """``corrections`` with one taken back. Of two undos the one that was accepted first counts."""
    return tuple(
        replace(one, undone=undone)
        if one.correction_id == correction_id and (one.undone is None or undone.order < one.undone.order)
        else one
        for one in corrections
    )


def _rank(one: Correction) -> tuple[Order, str]:
    return one.order, one.correction_id
