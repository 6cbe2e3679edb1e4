"""What corrections make of a deployment. Pure.

A deployment has in its facts, its state and its times what holds; ``reported`` has what its reports say. So whoever reads a
deployment reads the corrected one, and reports are joined to what was reported.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from shipledger.ledger.ahead import describe_ahead, is_far_ahead
from shipledger.ledger.corrections import CORRECTABLE, Correction, Reported, Undone, count_changes, find_in_force
from shipledger.ledger.course import Course, join_course
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.identity import order_of
from shipledger.ledger.state import State, is_final
from shipledger.ledger.submission import Correct, Order, StateReport, UndoCorrection

CLOCKS_DIFFER = timedelta(minutes=1)
"""The clock of whoever corrects may be ahead by less."""

_FACTS = ("started_at", "environment", "services", "version", "title", "releases")
"""Those that are facts of a deployment under the same names."""


def apply_corrections(reported: Deployment) -> Deployment:
    """A deployment as it holds, from one as it was reported."""
    in_force = find_in_force(reported.corrections)
    if not in_force:
        return reported
    said = {name: getattr(one.said, name) for name, one in in_force.items()}
    facts = replace(reported.facts, **{name: said[name] for name in _FACTS if name in said})
    started_at: datetime | None = said.get("started_at")
    report, course = _correct_course(reported, started_at, said.get("state"), said.get("finished_at"))
    return replace(
        reported,
        facts=facts,
        report=report,
        course=course,
        is_removed=reported.is_removed or bool(said.get("is_removed")),
        reported=Reported(reported.facts, reported.report, reported.course, reported.is_removed),
    )


def _correct_course(
    reported: Deployment, started_at: datetime | None, state: State | None, finished_at: datetime | None
) -> tuple[StateReport, Course | None]:
    report, times = reported.report, reported.times
    if state is not None and state is not report.state:
        moment = (times.finished_at or report.reported_at) if is_final(report.state) else report.reported_at
        report = replace(report, state=state, original=state.value, reported_at=moment)
        begun = Course(first_start_at=times.first_start_at, last_start_at=times.last_start_at)
        times = join_course(begun, report, started_at=reported.said_started_at)
    if started_at is not None:
        times = replace(times, first_start_at=started_at, last_start_at=started_at)
    if finished_at is None or not is_final(report.state):
        return report, reported.course if times == reported.times else times
    is_success = report.state is State.SUCCESSFUL or (report.state is State.ROLLED_BACK and times.success_at is not None)
    times = replace(times, ends=(finished_at,), success_at=finished_at if is_success else None)
    # What was rolled back stays so from then on: its end is when it first succeeded.
    is_later = report.state is State.ROLLED_BACK and report.reported_at is not None and report.reported_at > finished_at
    return report if is_later else replace(report, reported_at=finished_at), times


def value_of(deployment: Deployment, name: str) -> Any:
    """What holds for a field that can be corrected; None where nothing is known."""
    if name in ("started_at", "finished_at", "is_removed", "environment"):
        return getattr(deployment, name)
    if name == "state":
        return deployment.shown_state
    said = getattr(deployment.facts, name)
    if name in ("services", "releases"):
        return () if said is UNSET or said is None else tuple(said)
    return None if said is UNSET else said


def find_changes(before: Deployment, after: Deployment) -> tuple[str, ...]:
    """The fields for which something else holds."""
    return tuple(name for name in CORRECTABLE if _compared(before, name) != _compared(after, name))


def _compared(deployment: Deployment, name: str) -> Any:
    value = value_of(deployment, name)
    if name == "environment":
        return None if value is None else (value.id, value.name)
    if name == "releases":
        return [(one.repository, one.commit) for one in value]
    return value


def to_correction(submission: Correct, entry: Entry) -> Correction:
    """The correction that an entry makes."""
    return Correction(
        correction_id=submission.correction_id,
        said=submission.said,
        reason=submission.reason,
        order=_order_of(entry),
        at=entry.accepted_at,
        actor=entry.actor,
    )


def to_undone(submission: UndoCorrection, entry: Entry) -> Undone:
    """What an undo says of its correction."""
    return Undone(order=_order_of(entry), at=entry.accepted_at, actor=entry.actor, reason=submission.reason)


def _order_of(entry: Entry) -> Order:
    """That of acceptance, which no clock and no node changes."""
    return order_of(entry.receipt_id), entry.item


def is_outdated(current: Deployment, submission: Correct | UndoCorrection) -> bool:
    """Whether somebody else has corrected it since whoever asks looked."""
    return submission.seen is not None and submission.seen != count_changes(current.corrections)


def find_fault(corrected: Deployment, submission: Correct, accepted_at: datetime) -> str:
    """Why a deployment cannot be as a correction makes it, as a sentence; "" if it can."""
    said = submission.said
    for moment in (said.started_at, said.finished_at):
        if moment is not UNSET and is_far_ahead(moment, accepted_at):
            return describe_ahead(moment).partition(";")[0] + "."
    if said.finished_at is not UNSET and said.finished_at > accepted_at + CLOCKS_DIFFER:
        return "It cannot have ended yet: its end is in the future."
    ends = is_final(corrected.report.state)
    if said.finished_at is not UNSET and not ends:
        return "It has not ended, so its end cannot be corrected; correct its state as well."
    in_force = find_in_force(corrected.corrections)
    was_final = is_final(corrected.as_reported.report.state)
    if said.state is not UNSET and ends and not was_final and "finished_at" not in in_force:
        return "No end of it was reported; say when it ended, with finished_at."
    begins, finished = corrected.times.first_start_at or corrected.said_started_at, corrected.finished_at
    has_times = said.started_at is not UNSET or said.finished_at is not UNSET
    if has_times and begins is not None and finished is not None and finished < begins:
        return "It would end before it starts; correct both times."
    return ""


def name_overruled(deployment: Deployment, changed: frozenset[str]) -> tuple[str, ...]:
    """The fields of a report that took effect and that a correction holds for."""
    if deployment.reported is None:
        return ()
    told = changed | ({"finished_at"} if "state" in changed else frozenset[str]())
    return tuple(name for name in find_in_force(deployment.corrections) if name in told)
