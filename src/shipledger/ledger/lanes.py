"""Lanes: what runs of a service in an environment, and what ran before, by when it happened. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from shipledger.ledger.ahead import is_far_ahead
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import NO_NAMES, EnvironmentNames
from shipledger.ledger.lines import sequence_in_line
from shipledger.ledger.state import State

LanePlace: TypeAlias = tuple[datetime, datetime, int, str, str]
"""Where a deployment stands among those of its lane; the greatest is the newest."""


class Part(StrEnum):
    """What a deployment is to its lane."""

    RAN = "ran"
    """It succeeded, so it runs until the next one does."""
    UNDER_WAY = "under_way"
    OTHER = "other"
    """It failed, was cancelled or rolled back, or nobody knows."""


class Span(Struct, frozen=True):
    """When a deployment ran, if nothing else had come to run after it. ``until`` is None if nothing took it back."""

    since: datetime
    until: datetime | None = None

    def has(self, at: datetime | None) -> bool:
        """Whether it ran at a moment; None is now."""
        return self.until is None if at is None else self.since <= at and (self.until is None or at < self.until)


class Lane(Struct, frozen=True):
    """One service in one environment, which the organization or the sender of the newest deployment calls ``environment``.

    ``runs``: what runs now. ``before``: what ran before it. ``under_way``: the newest that has not ended. ``other``: the newest
    that ended otherwise. None where there is none.
    """

    environment: str
    runs: Deployment | None = None
    before: Deployment | None = None
    under_way: Deployment | None = None
    other: Deployment | None = None

    @property
    def newest(self) -> Deployment | None:
        """Of all of them, what happened last."""
        known = [one for one in (self.runs, self.under_way, self.other) if one is not None]
        return max(known, key=place_in_lane, default=None)


class Running(Struct, frozen=True):
    """What runs of a service in an environment, or ran at a moment, and what ran before it.

    ``environment``: the name of that, as the organization or the sender of what runs writes it; "" if none was reported.
    """

    service_id: str
    environment_key: str
    environment: str
    runs: Deployment
    before: Deployment | None = None

    @property
    def since(self) -> datetime:
        """When it came to run."""
        return since_of(self.runs)


class LaneHead(Struct, frozen=True):
    """What stands at the head of a lane of a service, now or at a moment; see Running and Lane. ``runs`` is None for nothing.

    ``later``: the newest that came after it and did not come to run. At another moment than now nobody knows one.
    """

    service_id: str
    environment_key: str
    environment: str
    runs: Deployment | None = None
    before: Deployment | None = None
    later: Deployment | None = None

    @property
    def newest(self) -> Deployment | None:
        """What happened last."""
        return self.later or self.runs

    @property
    def since(self) -> datetime | None:
        """When what runs came to run."""
        return None if self.runs is None else since_of(self.runs)


class Neighbours(Struct, frozen=True):
    """What stands next to a deployment in its lane, whatever became of it.

    ``ran_before``: the last before it that ran. ``ended_after``: the first after it that ended, or began to run.
    """

    previous: Deployment | None = None
    next: Deployment | None = None
    ran_before: Deployment | None = None
    ended_after: Deployment | None = None


PARTS: dict[State, Part] = {
    State.PENDING: Part.UNDER_WAY,
    State.IN_PROGRESS: Part.UNDER_WAY,
    State.SUCCESSFUL: Part.RAN,
    State.FAILED: Part.OTHER,
    State.CANCELLED: Part.OTHER,
    State.ROLLED_BACK: Part.OTHER,
    State.UNKNOWN: Part.OTHER,
}


def part_of(deployment: Deployment) -> Part:
    """What a deployment is to its lane."""
    return PARTS[deployment.shown_state]


def place_in_lane(deployment: Deployment) -> LanePlace:
    """By when it ended or was rolled back, or began if it is under way, then by its start (dora.md 3.2).

    Reports of one second are told apart by what their sender counts or calls them, and only at last by our id, which depends
    on the order of arrival.
    """
    return place_since(deployment, took_effect_at(deployment))


def place_since(deployment: Deployment, since: datetime) -> LanePlace:
    """The same, by another moment."""
    sequence = sequence_in_line(deployment) or 0
    return since, deployment.placed_at, sequence, deployment.external_id, deployment.deployment_id


def span_of(deployment: Deployment) -> Span | None:
    """When it ran. One that was rolled back ran from its first success until then; None for what did not succeed."""
    if part_of(deployment) is Part.RAN:
        return Span(took_effect_at(deployment))
    since, until = deployment.times.success_at, deployment.report.reported_at
    if deployment.shown_state is not State.ROLLED_BACK or since is None or until is None or until <= since:
        return None
    return None if is_far_ahead(until, deployment.updated_at) else Span(since, until)


def since_of(ran: Deployment) -> datetime:
    """When what ran came to run."""
    span = span_of(ran)
    return ran.placed_at if span is None else span.since


def find_running(deployments: Iterable[Deployment], at: datetime | None) -> tuple[Deployment | None, Deployment | None]:
    """What of one lane ran at a moment, and what had run before it; None is now. Removed and merged ones do not count."""
    spans = ((one, span_of(one)) for one in {one.deployment_id: one for one in deployments}.values() if one.is_listed)
    ran = {place_since(one, span.since): one for one, span in spans if span is not None and span.has(at)}
    found = [ran[place] for place in sorted(ran, reverse=True)[:2]]
    return (found[0] if found else None), (found[1] if len(found) > 1 else None)


def took_effect_at(deployment: Deployment) -> datetime:
    """When it first succeeded, if it runs, or became what it is now. When it began, if that is not known or in the far future."""
    moments = {Part.RAN: deployment.finished_at, Part.UNDER_WAY: None, Part.OTHER: deployment.report.reported_at}
    moment = moments[part_of(deployment)]
    return deployment.placed_at if moment is None or is_far_ahead(moment, deployment.updated_at) else moment


def fold_lane(deployments: Iterable[Deployment], names: EnvironmentNames = NO_NAMES) -> Lane:
    """The lane of deployments of one service to one environment, in any order. Removed and merged ones do not count."""
    known = {one.deployment_id: one for one in deployments if one.is_listed}
    newest_first = sorted(known.values(), key=place_in_lane, reverse=True)
    ran = [one for one in newest_first if part_of(one) is Part.RAN]
    named = next((one.environment for one in newest_first if one.environment), None)
    return Lane(
        environment=names.call(named.name) if named else "",
        runs=ran[0] if ran else None,
        before=ran[1] if len(ran) > 1 else None,
        under_way=next((one for one in newest_first if part_of(one) is Part.UNDER_WAY), None),
        other=next((one for one in newest_first if part_of(one) is Part.OTHER), None),
    )


def fold_standing(
    service_id: str, environment_key: str, deployments: Iterable[Deployment], at: datetime | None, names: EnvironmentNames
) -> LaneHead:
    """What of one lane stood at its head at a moment; None is now. Removed and merged ones do not count."""
    own = list(deployments)
    runs, before = find_running(own, at)
    later = None
    if at is None:
        ended = [one for one in own if one.is_listed and part_of(one) is not Part.RAN]
        newest = max(ended, key=place_in_lane, default=None)
        later = newest if newest is not None and (runs is None or place_in_lane(newest) > place_in_lane(runs)) else None
    shown = runs or later
    environment = shown.environment if shown is not None else None
    called = names.call(environment.name) if environment else ""
    return LaneHead(service_id, environment_key, called, runs, before, later)


def fold_neighbours(deployment: Deployment, others: Iterable[Deployment]) -> Neighbours:
    """What of ``others`` stands next to a deployment. Removed ones do not count."""
    own = place_in_lane(deployment)
    placed = sorted(
        ((place_in_lane(one), one) for one in others if not one.is_removed and one.deployment_id != deployment.deployment_id),
        key=lambda pair: pair[0],
    )
    before = [one for place, one in placed if place < own]
    after = [one for place, one in placed if place > own]
    ran = [one for one in before if part_of(one) is Part.RAN]
    return Neighbours(
        previous=before[-1] if before else None,
        next=after[0] if after else None,
        ran_before=ran[-1] if ran else None,
        ended_after=next((one for one in after if part_of(one) is not Part.UNDER_WAY), None),
    )
