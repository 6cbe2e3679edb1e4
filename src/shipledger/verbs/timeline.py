"""Lanes over time: each service in each environment, with its deployments and the incidents that struck it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from shipledger.catalog.service import Service
from shipledger.deployments.stretches import Stretch
from shipledger.incidents.model import Incident
from shipledger.ledger.environment_names import EnvironmentNames, name_key
from shipledger.ledger.lines import TIERS_BY_REACH
from shipledger.ledger.registers import known
from shipledger.ledger.state import Tier

DEPLOYMENTS_READ = 5_000
INCIDENTS_READ = 500


class TimelineWish(Struct, frozen=True):
    """What is to be shown between two moments, both inclusive. "" and None do not restrict; texts compare without case."""

    since: datetime
    until: datetime
    service: str = ""
    team: str = ""
    environment: str = ""
    tier: Tier | None = None


class Bar(Struct, frozen=True):
    """A deployment in its lane. ``is_again``: the one before it there brought the same commit."""

    stretch: Stretch
    is_again: bool = False


class TimelineLane(Struct, frozen=True):
    """A service in an environment, with its deployments by start.

    ``service``: its name, or what its sender calls it where no service is known by that, "" where it named none; ``slug`` and
    ``service_id`` are "" then.
    """

    service: str
    slug: str
    service_id: str
    environment: str
    environment_key: str
    tier: Tier
    bars: tuple[Bar, ...]


class Impact(Struct, frozen=True):
    """An incident with the services that it struck, by id, in one environment, as names compare, or in all for ""."""

    incident: Incident
    service_ids: frozenset[str]
    environment_key: str


class Timeline(Struct, frozen=True):
    """What there was. ``drawn_from``: where there was too much, the start of the first deployment that was read."""

    wish: TimelineWish
    at: datetime
    lanes: tuple[TimelineLane, ...]
    impacts: tuple[Impact, ...]
    drawn_from: datetime | None = None
    has_more_incidents: bool = False


class TimelineVerbs(Protocol):
    """Reads it."""

    async def read_timeline(self, organization_id: str, wish: TimelineWish) -> Timeline:
        """The lanes in which something was under way, by service, production first, and the incidents of that time."""


def to_lanes(
    stretches: Iterable[Stretch],
    services_of_keys: Mapping[str, Sequence[str]],
    services: Mapping[str, Service],
    names: EnvironmentNames,
    wanted: frozenset[str] | None = None,
) -> tuple[TimelineLane, ...]:
    """The lanes of deployments that come by start. One of several services is in a lane of each.

    ``services``: by id. ``wanted``: the ids of the services whose lanes are shown; None for all lanes.
    """
    lanes: dict[tuple[str, str, str], list[Stretch]] = {}
    for one in stretches:
        environment_key = names.key_of(one.environment_key)
        for service_id, called in _services_of(one, services_of_keys):
            if wanted is None or service_id in wanted:
                lanes.setdefault((service_id, called, environment_key), []).append(one)
    made = [_to_lane(place, found, services.get(place[0]), names) for place, found in lanes.items()]
    return tuple(sorted(made, key=_by_service_and_reach))


def to_impacts(
    incidents: Iterable[Incident], service_ids: Mapping[str, str], names: EnvironmentNames, wanted: frozenset[str] | None = None
) -> tuple[Impact, ...]:
    """The incidents with what they struck. ``service_ids``: of services by what incidents call them, without case.

    ``wanted``: only those that struck one of these; None for all.
    """
    impacts = []
    for one in incidents:
        facts = one.facts
        said = (*(known(facts.services) or ()), *(known(facts.service_ids) or ()))
        struck = frozenset(service_ids[key] for key in (name.casefold() for name in said) if key in service_ids)
        environment = known(facts.environment)
        if wanted is None or struck & wanted:
            impacts.append(Impact(one, struck, names.key_of(name_key(environment.name)) if environment else ""))
    return tuple(impacts)


def strikes(impact: Impact, lane: TimelineLane) -> bool:
    """Whether an incident struck a lane."""
    return lane.service_id in impact.service_ids and impact.environment_key in ("", lane.environment_key)


def _services_of(one: Stretch, services_of_keys: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """The ids of the services of a deployment; or "" with what it calls them, else its repositories, where none is known."""
    found = dict.fromkeys(service_id for key in one.lane_keys for service_id in services_of_keys.get(key, ()))
    if found:
        return [(service_id, "") for service_id in found]
    names = [key.removeprefix("name:") for key in one.lane_keys if key.startswith("name:")]
    repositories = [key.removeprefix("repository:") for key in one.lane_keys if key.startswith("repository:")]
    return [("", called) for called in names or repositories or [""]]


def _to_lane(
    place: tuple[str, str, str], stretches: Sequence[Stretch], service: Service | None, names: EnvironmentNames
) -> TimelineLane:
    service_id, called, environment_key = place
    newest = stretches[-1]
    bars = []
    commit = ""
    for one in stretches:
        bars.append(Bar(one, is_again=bool(one.commit) and one.commit == commit))
        commit = one.commit
    return TimelineLane(
        service=called if service is None else service.name,
        slug="" if service is None else service.slug,
        service_id=service_id,
        environment=names.call(newest.environment),
        environment_key=environment_key,
        tier=newest.tier,
        bars=tuple(bars),
    )


def _by_service_and_reach(lane: TimelineLane) -> tuple[bool, str, int, str]:
    return not lane.service_id, lane.service.casefold(), TIERS_BY_REACH.index(lane.tier), lane.environment_key
