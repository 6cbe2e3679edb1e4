"""When a deployment started and ended according to all its reports, whichever is current."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from shipledger.ledger.state import State, is_final
from shipledger.ledger.submission import Order, StateReport

ENDS_KEPT = 100
"""A sender that repeats its last report forever, with a new time each time, must not fill the ledger."""


class Course(Struct, frozen=True, omit_defaults=True):
    """Times that only move in one direction, so that the order of arrival does not matter.

    ``first_start_at`` and ``last_start_at``: of the starts in its records. ``ends``: the distinct ends in final reports,
    in order: they all count, because they distinguish two runs that were taken for one.
    ``success_at``: when it first succeeded, or, if the
    protocol corrects ends by repeating them, the end with the greatest ``success_order``.
    """

    first_start_at: datetime | None = None
    last_start_at: datetime | None = None
    ends: tuple[datetime, ...] = ()
    success_at: datetime | None = None
    success_order: Order = ()

    @property
    def first_end_at(self) -> datetime | None:
        """The earliest end, or None while it runs."""
        return self.ends[0] if self.ends else None

    @property
    def finished_at(self) -> datetime | None:
        """The first success, else the first end of any kind, else None. Later reports never move it (dora.md 5.2)."""
        return self.success_at or self.first_end_at


def join_course(course: Course, report: StateReport, *, started_at: datetime | None = None) -> Course:
    """``course`` with another report and its start."""
    ended_at = end_of(report, started_at)
    success_at, success_order = course.success_at, course.success_order
    if ended_at is not None and report.state is State.SUCCESSFUL:
        is_first = report.end_order == success_order and (success_at is None or ended_at < success_at)
        if is_first or report.end_order > success_order:
            success_at, success_order = ended_at, report.end_order
    joined = Course(
        first_start_at=_earlier(course.first_start_at, started_at),
        last_start_at=_later(course.last_start_at, started_at),
        ends=_with_end(course.ends, ended_at),
        success_at=success_at,
        success_order=success_order,
    )
    return course if joined == course else joined


def end_of(report: StateReport, started_at: datetime | None) -> datetime | None:
    """The end according to ``report``; its start if no end was given. None while it runs."""
    return (report.reported_at or started_at) if is_final(report.state) else None


def _with_end(ends: tuple[datetime, ...], ended_at: datetime | None) -> tuple[datetime, ...]:
    if ended_at is None or ended_at in ends:
        return ends
    ordered = sorted((*ends, ended_at))
    return tuple(ordered) if len(ordered) <= ENDS_KEPT else (*ordered[: ENDS_KEPT - 1], ordered[-1])


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)
