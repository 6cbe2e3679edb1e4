"""What somebody wants to know first: what changed, what is wrong, and what waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import UNSET, Struct

from shipledger.gating.gate import Gate
from shipledger.incidents.model import Incident
from shipledger.ledger.deployment import Deployment
from shipledger.verbs.sources import Source

HOUR = timedelta(hours=1)
FAILED_WITHIN = timedelta(days=1)
UNCAUSED_WITHIN = timedelta(days=30)
STUCK_SHARE = 0.25
"""Of the time after which a silent deployment is given up: deployments take minutes, and the limit allows for the slowest."""
STUCK_WITHOUT_LIMIT = timedelta(hours=6)
"""Where they are never given up."""
COUNTED = 1_000
EXAMINED = 200
SHOWN = 6


class Count(Struct, frozen=True):
    """How many there are: exactly ``number``, or more than that where counting stopped."""

    number: int
    is_more: bool = False

    def __str__(self) -> str:
        return f"{self.number:,}{'+' if self.is_more else ''}"

    def __bool__(self) -> bool:
        return self.number > 0


NONE = Count(0)


class Home(Struct, frozen=True, kw_only=True):
    """The answers at one moment. Of what is counted the first few are listed.

    ``since``: the end of the reader's visit before this one, or a day ago where there was none (not ``has_looked``). ``changed``
    counts deployments that started since then, ``last_hour`` those of the last hour, of which ``latest`` are the newest.
    ``stuck`` are under way for longer than a quarter of the time after which they are given up. ``failed``: in the last day; of
    those, ``failing`` are the last that ended in their lane. ``uncaused`` are incidents of the last 30 days of which nobody has
    said a cause. ``unmapped``: names in the inbox.
    """

    at: datetime
    since: datetime
    has_looked: bool = False
    changed: Count
    last_hour: Count
    latest: Sequence[Deployment] = ()
    running: Count = NONE
    running_now: Sequence[Deployment] = ()
    failed: Count = NONE
    failed_lately: Sequence[Deployment] = ()
    failing: Count = NONE
    failing_now: Sequence[Deployment] = ()
    stuck: Count = NONE
    stuck_now: Sequence[Deployment] = ()
    open_incidents: Count = NONE
    incidents: Sequence[Incident] = ()
    approvals: Count = NONE
    gates: Sequence[tuple[Gate, Deployment | None]] = ()
    uncaused: Count = NONE
    uncaused_incidents: Sequence[Incident] = ()
    unmapped: int = 0
    silent_sources: Sequence[Source] = ()

    @property
    def needs(self) -> int:
        """How many kinds of things wait for somebody."""
        return sum(map(bool, (self.approvals, self.uncaused, self.stuck, self.unmapped, self.silent_sources)))


class HomeVerbs(Protocol):
    """Answers it."""

    async def read_home(self, organization_id: str, person_id: str, *, is_looking: bool = False) -> Home:
        """What there is now. ``person_id`` "": of nobody in particular. ``is_looking``: the person looks, which is kept."""


def lacks_cause(incident: Incident) -> bool:
    """Whether nobody has said what caused an incident, or that no deployment did. A hypothesis is no cause."""
    marks = incident.marks
    said = (marks.caused_by, marks.root_cause, marks.not_caused_by_deployment, marks.duplicate_of)
    return not incident.is_removed and not any(one not in (UNSET, None, False, ()) for one in said)


def is_stuck(deployment: Deployment, limit: timedelta | None, now: datetime) -> bool:
    """Whether a deployment is under way for too long. ``limit``: when it is given up; None for never."""
    started_at = deployment.started_at
    return started_at is not None and now - started_at >= stuck_after(limit)


def stuck_after(limit: timedelta | None) -> timedelta:
    """For how long a deployment may be under way before people look."""
    return STUCK_WITHOUT_LIMIT if limit is None else limit * STUCK_SHARE
