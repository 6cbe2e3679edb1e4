"""Lanes over time: each service in each environment, with its deployments and the incidents that struck it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.clock import MICROSECOND
from shipledger.ledger.registers import known
from shipledger.protocols.contract import Route
from shipledger.protocols.native.call import Admission, reply
from shipledger.protocols.native.describing import choice, operation, query, window
from shipledger.protocols.native.listing import read_window
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.vocabulary import PREFIX, TIERS
from shipledger.protocols.times import format_known_time, format_time
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.timeline import Bar, Impact, Timeline, TimelineLane, TimelineVerbs, TimelineWish

PATH = f"{PREFIX}/timeline"
PARAMETERS = ("from", "to", "service", "team", "environment", "tier")
DEFAULT_SPAN = timedelta(days=1)


class Verbs(CallVerbs, TimelineVerbs, Protocol):
    """What is asked of the ledger here."""


class BarOut(Struct, frozen=True, kw_only=True):
    """A deployment. ``finished_at``: its first success or its end; null while it is under way or if unknown.

    ``is_again``: the one before it in its lane, as far as the answer goes, brought the same commit.
    """

    id: str
    state: str
    started_at: str
    finished_at: str | None
    commit: str | None
    is_again: bool


class TimelineLaneOut(Struct, frozen=True, kw_only=True):
    """A service in an environment, with its deployments by start. ``service_id`` is null where ``service`` is a sender's word."""

    service: str | None
    service_id: str | None
    environment: str | None
    tier: str
    deployments: tuple[BarOut, ...]


class TimelineIncidentOut(Struct, frozen=True, kw_only=True):
    """An incident. ``service_ids``: those of the known services that it struck."""

    id: str
    title: str | None
    service_ids: tuple[str, ...]
    environment: str | None
    started_at: str
    resolved_at: str | None


class TimelineOut(Struct, frozen=True):
    """``drawn_from``: where there was too much, when the first deployment started that the answer has; else null."""

    since: str
    until: str
    lanes: tuple[TimelineLaneOut, ...]
    incidents: tuple[TimelineIncidentOut, ...]
    drawn_from: str | None
    has_more_incidents: bool


class TimelineOperations:
    """The operation on lanes over time."""

    def __init__(self, ledger: Verbs, admission: Admission) -> None:
        self._ledger = ledger
        self._admission = admission

    def routes(self) -> Sequence[Route]:
        """Its operation."""
        return (Route("GET", PATH, self._admission.endpoint(Scope.READ, self.get), base=PREFIX),)

    async def get(self, request: Request, grant: Grant) -> Response:
        """200 with what was under way in a time."""
        parameters = Parameters(request.query_params, PARAMETERS)
        begin, end = read_window(parameters)
        wish = TimelineWish(
            **_complete(begin, end, self._ledger.now()),
            service=parameters.text("service"),
            team=parameters.text("team"),
            environment=parameters.text("environment"),
            tier=parameters.word("tier", TIERS, {}),
        )
        parameters.check()
        timeline = await self._ledger.read_timeline(grant.organization_id, wish)
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, to_timeline(timeline))


def timeline_paths() -> dict[str, Any]:
    """Its part of the OpenAPI page."""
    text = (
        "The lanes in which something was under way, by service, production first; at most 5,000 deployments, the newest, "
        "and 500 incidents. Without a time: the last 24 hours."
    )
    parameters = (
        *window("moment"),
        query("service", "An id, slug or any name of a service."),
        query("team", "The team that owns the service, ignoring case."),
        query("environment", "The id or name of an environment, ignoring case."),
        choice("tier", TIERS),
    )
    described = operation("Lanes over time", {200: (text, TimelineOut)}, errors=(422,), parameters=parameters)
    return {PATH: {"get": described}}


def to_timeline(timeline: Timeline) -> TimelineOut:
    """What ``timeline`` says."""
    return TimelineOut(
        since=format_time(timeline.wish.since),
        until=format_time(timeline.wish.until),
        lanes=tuple(map(_to_lane, timeline.lanes)),
        incidents=tuple(map(_to_incident, timeline.impacts)),
        drawn_from=format_known_time(timeline.drawn_from),
        has_more_incidents=timeline.has_more_incidents,
    )


def _complete(begin: datetime | None, end: datetime | None, now: datetime) -> dict[str, datetime]:
    """A time of which one end or both were left out: until now, and a day long."""
    until = end or (now if begin is None or begin <= now else _shift(begin, DEFAULT_SPAN))
    return {"since": begin or _shift(until, MICROSECOND - DEFAULT_SPAN), "until": until}


def _shift(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError:  # before the first day that there is, or after the last
        return moment


def _to_lane(lane: TimelineLane) -> TimelineLaneOut:
    return TimelineLaneOut(
        service=lane.service or None,
        service_id=lane.service_id or None,
        environment=lane.environment or None,
        tier=lane.tier.value,
        deployments=tuple(map(_to_bar, lane.bars)),
    )


def _to_bar(bar: Bar) -> BarOut:
    one = bar.stretch
    return BarOut(
        id=one.deployment_id,
        state=one.state.value,
        started_at=format_time(one.started_at),
        finished_at=format_known_time(one.ended_at),
        commit=one.commit or None,
        is_again=bar.is_again,
    )


def _to_incident(impact: Impact) -> TimelineIncidentOut:
    one = impact.incident
    return TimelineIncidentOut(
        id=one.incident_id,
        title=known(one.facts.title),
        service_ids=tuple(sorted(impact.service_ids)),
        environment=impact.environment_key or None,
        started_at=format_time(one.started_at),
        resolved_at=format_known_time(one.ended_at),
    )
