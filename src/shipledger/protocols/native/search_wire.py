"""A search as it is on the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from shipledger.access.people.known_people import KnownPerson
from shipledger.catalog.searching import Candidate, Kind
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.registers import known
from shipledger.protocols.native.cursor import write_cursor
from shipledger.protocols.native.wire import ReleaseOut
from shipledger.protocols.times import format_known_time
from shipledger.verbs.search import Group, Hit, RanIn, Results

WORDS, KIND = "q", "kind"


class ResultOut(Struct, frozen=True, kw_only=True):
    """What was found, and by what: ``matched``; ``is_exact`` when that is all of it. ``name``: what people call it.

    ``at``: when it happened, or last did. From ``external_id`` on null where it does not apply. ``commit``: of a deployment the
    first of ``releases``. ``is_running``: whether a deployment runs now. ``tiers``: those in which an issue is deployed.
    """

    kind: str
    id: str | None
    name: str
    matched: str
    is_exact: bool
    at: str | None
    external_id: str | None = None
    service: str | None = None
    environment: str | None = None
    environment_name: str | None = None
    tier: str | None = None
    state: str | None = None
    version: str | None = None
    commit: str | None = None
    releases: tuple[ReleaseOut, ...] = ()
    is_running: bool | None = None
    tiers: tuple[str, ...] = ()
    number: str | None = None
    repository: str | None = None
    url: str | None = None


class GroupOut(Struct, frozen=True):
    """The results of one kind, exact ones first, then the newest. ``next_cursor`` leads on, with this ``kind``."""

    kind: str
    results: tuple[ResultOut, ...]
    next_cursor: str | None


class RanInOut(Struct, frozen=True, kw_only=True):
    """Where a commit runs, or ran. ``id`` and ``external_id``: of the deployment.

    ``part_of``: the later commit as a part of which it was deployed there; null if it was itself.
    """

    environment: str
    tier: str
    services: tuple[str, ...]
    is_running: bool
    id: str
    external_id: str
    part_of: str | None


class CommitOut(Struct, frozen=True):
    """The one commit that was found, and where it runs, then where it ran, the environments nearest to users first.

    ``is_part``: it was not deployed itself, but later commits that have it behind them were.
    """

    commit: str
    is_part: bool
    environments: tuple[RanInOut, ...]


class SearchOut(Struct, frozen=True):
    """What was found, by kind. ``commit``: null unless exactly one was found by its id."""

    q: str
    commit: CommitOut | None
    groups: tuple[GroupOut, ...]


def to_answer(text: str, found: Results) -> SearchOut:
    """The answer to a search for ``text``."""
    commit = CommitOut(found.commit, found.is_part, tuple(map(_to_ran_in, found.ran_in))) if found.commit else None
    return SearchOut(text, commit, tuple(_to_group(text, one, found.names) for one in found.groups))


def to_result(hit: Hit, names: EnvironmentNames) -> ResultOut:
    """What was found. ``names``: those of environments."""
    candidate = hit.candidate
    result = ResultOut(
        kind=hit.kind,
        id=candidate.key,
        name=hit.name,
        matched=candidate.matched,
        is_exact=candidate.is_exact,
        at=format_known_time(hit.at),
    )
    return _DESCRIBE[hit.kind](result, hit, names) if hit.kind in _DESCRIBE else result


def _describe_deployment(result: ResultOut, hit: Hit, names: EnvironmentNames) -> ResultOut:
    one, environment = hit.record, hit.record.environment
    return replace(
        result,
        external_id=one.external_id,
        service=next(iter(known(one.facts.services) or ()), None),
        environment=(environment.id or None) if environment else None,
        environment_name=(names.call(environment.name) or None) if environment else None,
        tier=environment.tier if environment else None,
        state=one.shown_state,
        version=known(one.facts.version),
        commit=one.releases[0].commit if one.releases else None,
        releases=tuple(ReleaseOut(repository=each.repository, commit=each.commit) for each in one.releases),
        is_running=hit.is_running,
    )


def _describe_issue(result: ResultOut, hit: Hit, _: EnvironmentNames) -> ResultOut:
    return replace(result, state=(hit.record.status or None) if hit.record else None, tiers=hit.tiers)


def _describe_service(result: ResultOut, hit: Hit, _: EnvironmentNames) -> ResultOut:
    """Of one that only senders name, there is no id."""
    return replace(result, id=hit.candidate.service_id or None)


def _describe_repository(result: ResultOut, hit: Hit, _: EnvironmentNames) -> ResultOut:
    return replace(result, id=None, repository=hit.name)


def _describe_person(result: ResultOut, hit: Hit, _: EnvironmentNames) -> ResultOut:
    return replace(result, id=hit.candidate.key if isinstance(hit.record, KnownPerson) else None)


def _describe_incident(result: ResultOut, hit: Hit, _: EnvironmentNames) -> ResultOut:
    one = hit.record
    return replace(
        result,
        external_id=one.external_id,
        number=str(one.number) if one.number else None,
        service=next(iter(known(one.facts.services) or ()), None),
        state=one.status,
    )


def _describe_pull_request(result: ResultOut, hit: Hit, _: EnvironmentNames) -> ResultOut:
    one = hit.record
    return replace(result, number=one.number, repository=one.repository, state=one.state, url=known(one.facts.url))


_DESCRIBE: dict[Kind, Callable[[ResultOut, Any, EnvironmentNames], ResultOut]] = {
    Kind.DEPLOYMENT: _describe_deployment,
    Kind.ISSUE: _describe_issue,
    Kind.SERVICE: _describe_service,
    Kind.REPOSITORY: _describe_repository,
    Kind.PERSON: _describe_person,
    Kind.INCIDENT: _describe_incident,
    Kind.PULL_REQUEST: _describe_pull_request,
}


def _to_group(text: str, group: Group, names: EnvironmentNames) -> GroupOut:
    filters = ((WORDS, text), (KIND, group.kind.value))
    cursor = None if group.end is None else write_cursor(_to_place(group.end), filters)
    return GroupOut(group.kind, tuple(to_result(hit, names) for hit in group.hits), cursor)


def _to_place(one: Candidate) -> tuple[int, str]:
    return one.at_us, f"{int(one.is_exact)}{one.key}"


def _to_ran_in(one: RanIn) -> RanInOut:
    return RanInOut(
        environment=one.environment,
        tier=one.tier,
        services=one.services,
        is_running=one.is_running,
        id=one.deployment.deployment_id,
        external_id=one.deployment.external_id,
        part_of=one.part_of or None,
    )
