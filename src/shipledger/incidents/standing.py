"""How an incident stands: open, resolved or closed, and since when it is over.

Every report is kept, and the standing is computed from all of them, so it does not depend on the order of their arrival.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from shipledger.ledger.submission import Order


class IncidentStatus(StrEnum):
    """Open: not over. Resolved: over. Closed: over, and done with."""

    OPEN = "open"
    RESOLVED = "resolved"
    CLOSED = "closed"


_RANKS: dict[IncidentStatus, int] = {IncidentStatus.OPEN: 0, IncidentStatus.RESOLVED: 1, IncidentStatus.CLOSED: 2}


class StandingReport(Struct, frozen=True):
    """One report that an incident was resolved, closed or opened again, and when."""

    status: IncidentStatus
    reported_at: datetime
    order: Order


class Standing(Struct, frozen=True):
    """What the reports come to. ``ended_at`` is None while the incident is open."""

    status: IncidentStatus
    ended_at: datetime | None


def stand_of(reports: Sequence[StandingReport], *, said_end: tuple[Order, datetime | None] | None = None) -> Standing:
    """What ``reports`` come to.

    What was said before the last opening does not count. After it nothing leads back from closed to resolved, and the
    incident was over at the first report; but ``said_end``, an end that a sender gave with its order (None: not over), says
    better when.
    """
    opened_at = max((report.order for report in reports if report.status is IncidentStatus.OPEN), default=None)
    end = None
    if said_end is not None:
        order, end = said_end
        if end is None:
            opened_at = order if opened_at is None else max(opened_at, order)
        elif opened_at is not None and order <= opened_at:
            end = None
    over = [report for report in reports if report.status is not IncidentStatus.OPEN]
    over = [report for report in over if opened_at is None or report.order > opened_at]
    if end is not None:
        return Standing(status=IncidentStatus.CLOSED, ended_at=end)
    if not over:
        return Standing(status=IncidentStatus.OPEN, ended_at=None)
    status = max((report.status for report in over), key=_RANKS.__getitem__)
    return Standing(status=status, ended_at=min(over, key=lambda report: report.order).reported_at)


def join_reports(held: Sequence[StandingReport], report: StandingReport | None) -> tuple[StandingReport, ...]:
    """``held`` and ``report``, each once, in order."""
    said = {*held} if report is None else {*held, report}
    return tuple(sorted(said, key=lambda one: (one.order, _RANKS[one.status], one.reported_at)))
