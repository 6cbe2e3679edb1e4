"""Whether two records seem to tell of one deployment: the same commit, to the same place, at the same time. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.lines import environment_key
from shipledger.ledger.merging import is_kept_apart
from shipledger.ledger.registers import known
from shipledger.ledger.witnesses import rank

SHORTEST_COMMIT = 7
"""Characters of an id of a commit that tell it from others."""


class Likeness(Struct, frozen=True):
    """What two records have in common, and how far apart their times are."""

    commit: str
    apart: timedelta

    @property
    def sentence(self) -> str:
        """The same for people."""
        seconds = self.apart.total_seconds()
        return f"Both deployed {self.commit[:12]} to the same environment, {seconds:g} s apart."


class Pair(Struct, frozen=True):
    """Two records that seem to be one: ``record`` would be merged into ``host``."""

    record: Deployment
    host: Deployment
    likeness: Likeness


def find_likeness(one: Deployment, other: Deployment, within: timedelta, names: EnvironmentNames) -> Likeness | None:
    """What two records of different protocols have in common if they are alike; None if not.

    They name one service or one repository, have one commit, went to one environment, by any of its names, and ended, or where
    one has not ended began, at most ``within`` apart.
    """
    if one.deployment_id == other.deployment_id or not (one.is_listed and other.is_listed) or is_kept_apart(one, other):
        return None
    if not _sources_of(one).isdisjoint(_sources_of(other)):
        return None
    places = [environment_key(each) for each in (one, other)]
    if not all(places) or names.key_of(places[0]) != names.key_of(places[1]):
        return None
    commit, apart = _common_commit(one, other), _time_between(one, other)
    if not commit or apart is None or apart > within or not _is_of_one_service(one, other):
        return None
    return Likeness(commit, apart)


def group_up(records: Iterable[Deployment], names: EnvironmentNames) -> list[list[Deployment]]:
    """Records that may be alike: of one commit, in whatever length they write it, and one environment. Each once in a group."""
    groups: dict[tuple[str, str, str], dict[str, Deployment]] = {}
    for one in records:
        place = environment_key(one)
        for release in one.releases if place and one.is_listed else ():
            commit = release.commit.lower()[:SHORTEST_COMMIT]
            key = (release.repository.casefold(), commit, names.key_of(place))
            groups.setdefault(key, {})[one.deployment_id] = one
    return [list(group.values()) for group in groups.values() if len(group) > 1]


def pair_up(groups: Iterable[Sequence[Deployment]], within: timedelta, names: EnvironmentNames) -> Iterator[Pair]:
    """The pairs in groups of records that may be alike. Each record is in one pair, or host of several."""
    hosts: dict[str, Deployment] = {}
    taken: set[str] = set()
    sources: dict[str, set[str]] = {}
    for group in groups:
        ranked = sorted(group, key=rank)
        for host in sorted(ranked, key=lambda one: (not one.told, one.deployment_id not in hosts)):
            if host.deployment_id in taken:
                continue
            has = sources.setdefault(host.deployment_id, set(_sources_of(host)))
            for record in ranked:
                if record.told or record.deployment_id in taken or record.deployment_id in hosts or record.source in has:
                    continue
                likeness = find_likeness(record, host, within, names)
                if likeness is not None:
                    hosts[host.deployment_id] = host
                    taken.add(record.deployment_id)
                    has.add(record.source)
                    yield Pair(record, host, likeness)


def _sources_of(one: Deployment) -> frozenset[str]:
    return frozenset({one.source, *(told.source for told in one.told)})


def _common_commit(one: Deployment, other: Deployment) -> str:
    """The longest id of a commit that both have, in whatever length they write it."""
    theirs = [(release.repository.casefold(), release.commit.lower()) for release in other.releases]
    found = [
        max(commit, release.commit.lower(), key=len)
        for release in one.releases
        for repository, commit in theirs
        if repository == release.repository.casefold()
        and min(len(commit), len(release.commit)) >= SHORTEST_COMMIT
        and (commit.startswith(release.commit.lower()) or release.commit.lower().startswith(commit))
    ]
    return max(found, key=len, default="")


def _is_of_one_service(one: Deployment, other: Deployment) -> bool:
    """Whether they name one service. Where one names none, the commit's repository says enough."""
    services = [{name.casefold() for name in known(each.facts.services) or ()} for each in (one, other)]
    return not all(services) or not services[0].isdisjoint(services[1])


def _time_between(one: Deployment, other: Deployment) -> timedelta | None:
    ends = (one.finished_at, other.finished_at)
    moments: Sequence[datetime | None] = ends if all(ends) else (one.started_at, other.started_at)
    first, second = moments
    return None if first is None or second is None else abs(first - second)
