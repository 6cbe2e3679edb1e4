"""How long the issues of a project take to production. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from statistics import median

from msgspec import Struct

from shipledger.catalog.commit import Commit
from shipledger.catalog.repository import repository_key
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.state import State, Tier
from shipledger.web.pages.frequency import WEEK, WEEKS_AVERAGED, first_week_begins_at

Commits = Mapping[tuple[str, str], Commit]
"""The known ones by repository (without case) and commit."""


class Shipped(Struct, frozen=True):
    """An issue that has come to production, last at ``shipped_at``.

    ``commit_seconds``: since the first known commit that its deployments brought, None when none is known that is older.
    ``deployment_seconds``: since it was first deployed to anywhere, None when it was in no other tier before.
    """

    key: str
    shipped_at: datetime
    commit_seconds: float | None
    deployment_seconds: float | None


class Median(Struct, frozen=True):
    """The middle of what was measured, in seconds, this week and in the 12 weeks before; None where nothing was."""

    this_week: float | None
    before: float | None
    measured: int


class CycleTime(Struct, frozen=True):
    """The issues that came to production within the 12 weeks before this one or in it, the newest first."""

    issues: tuple[Shipped, ...]
    from_commit: Median
    from_deployment: Median


def to_cycle_time(histories: Mapping[str, Sequence[Deployment]], commits: Commits, now: datetime) -> CycleTime:
    """The times of issues. One that was deployed to production more than once counts with the last time."""
    since = first_week_begins_at(now)
    found = [shipped for key, history in histories.items() if (shipped := _measure(key, history, commits)) is not None]
    issues = sorted((one for one in found if since <= one.shipped_at <= now), key=lambda one: one.shipped_at, reverse=True)
    this_week = since + WEEKS_AVERAGED * WEEK
    return CycleTime(
        issues=tuple(issues),
        from_commit=_to_median([(one.shipped_at, one.commit_seconds) for one in issues], this_week),
        from_deployment=_to_median([(one.shipped_at, one.deployment_seconds) for one in issues], this_week),
    )


def _measure(key: str, history: Sequence[Deployment], commits: Commits) -> Shipped | None:
    shipped = [at for one in history if _is_production(one) and (at := _succeeded_at(one)) is not None]
    if not shipped:
        return None
    shipped_at = max(shipped)
    places = {(repository_key(release.repository), release.commit.lower()) for one in history for release in one.releases}
    made = [commits[place].authored_at for place in places if place in commits]
    was_elsewhere = any(not _is_production(one) and _began_at(one) < shipped_at for one in history)
    return Shipped(
        key=key,
        shipped_at=shipped_at,
        commit_seconds=_between(min(made), shipped_at) if made else None,
        deployment_seconds=_between(min(map(_began_at, history)), shipped_at) if was_elsewhere else None,
    )


def _to_median(measures: Iterable[tuple[datetime, float | None]], this_week: datetime) -> Median:
    known = [(at, seconds) for at, seconds in measures if seconds is not None]
    return Median(
        this_week=_median(seconds for at, seconds in known if at >= this_week),
        before=_median(seconds for at, seconds in known if at < this_week),
        measured=len(known),
    )


def _median(values: Iterable[float]) -> float | None:
    found = list(values)
    return median(found) if found else None


def _between(begin: datetime, end: datetime) -> float | None:
    """None where clocks disagree: that is no time of 0."""
    return (end - begin).total_seconds() if begin <= end else None


def _is_production(deployment: Deployment) -> bool:
    return deployment.environment is not None and deployment.environment.tier is Tier.PRODUCTION


def _succeeded_at(deployment: Deployment) -> datetime | None:
    """When it first succeeded, whatever became of it later; None when it never did."""
    success_at = deployment.times.success_at
    return _moment(deployment) if success_at is None and deployment.state is State.SUCCESSFUL else success_at


def _began_at(deployment: Deployment) -> datetime:
    return min(deployment.started_at or _moment(deployment), _moment(deployment))


def _moment(deployment: Deployment) -> datetime:
    return deployment.report.reported_at or deployment.updated_at
