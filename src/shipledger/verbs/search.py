"""A search in one box: what people may look for, read and put in order."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from shipledger.access.people.known_people import KnownPeople
from shipledger.catalog.commit_range import RangeReason
from shipledger.catalog.issue import Issue
from shipledger.catalog.repository import repository_key
from shipledger.catalog.searching import Candidate, Kind, Matched, Rank, SearchStore
from shipledger.catalog.service import Service
from shipledger.catalog.tiers import TierPolicy
from shipledger.clock import from_microseconds
from shipledger.deployments.issue_lines import IssueLine
from shipledger.deployments.listing import DeploymentFilter
from shipledger.deployments.lookups import NEVER_STARTED_US
from shipledger.errors import Invalid
from shipledger.found import Found
from shipledger.incidents.aggregate import INCIDENTS
from shipledger.ledger.authors import author_key
from shipledger.ledger.deployment import Deployment, person_alias, service_alias
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.lines import TIERS_BY_REACH
from shipledger.ledger.registers import known
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Alias
from shipledger.ledger.titles import title_of
from shipledger.pull_requests.aggregate import PULL_REQUESTS
from shipledger.search_words import LEAST, QUERY_LIMIT, Query, read_query
from shipledger.verbs.pair_ranges import CommitPair, ReadsAncestors, find_pair_ranges
from shipledger.verbs.shipped import Shipping, find_deployments_with

FOUND_LIMIT = 500
"""Of each kind: who looks further wants a list with filters."""
ALIKE_LIMIT = 20
"""Commits with one beginning that are looked at."""
NEWEST_READ = 500
"""Deployments of a repository among which those that run are looked for."""
COMMITS_WALKED = 5_000
"""Behind what runs, and behind the commit that is looked for."""
LINES_READ = 50
"""Pipelines and environments of an issue, on average."""
_TITLED = {Kind.INCIDENT: INCIDENTS.kind, Kind.PULL_REQUEST: PULL_REQUESTS.kind}


class Searching(SearchStore, Shipping, ReadsAncestors, Protocol):
    """What a search asks of the ledger."""

    async def read_deployments(self, organization_id: str, ids: Sequence[str]) -> Found[Deployment]:
        """The deployments with some ids. Missing ones are left out."""

    async def find_record(self, kind: str, organization_id: str, subject_id: str) -> Any:
        """The record with this id, or None."""

    async def find_service(self, organization_id: str, service: str) -> Service | None:
        """The service with this id, slug or name (in this order), or None."""

    async def list_deployments_by_alias(self, organization_id: str, alias: Alias, *, limit: int) -> list[Deployment]:
        """The deployments that have a name which several may have."""

    async def list_issue_lines(
        self, organization_id: str, names: Mapping[str, Sequence[str]], *, of_each: int, in_all: int
    ) -> dict[str, list[IssueLine]]:
        """The lines of issues, each under the names by which deployments name it."""

    async def find_issues(self, organization_id: str, names: Sequence[str]) -> Found[Issue]:
        """The issues that have one of ``names`` as upper-case key or as id, by key."""

    async def read_known_people(self, organization_id: str) -> KnownPeople:
        """Whom senders mean."""

    async def find_tier_policy(self, organization_id: str) -> TierPolicy:
        """The policy of an organization."""


class Hit(Struct, frozen=True, kw_only=True):
    """Something that was found. ``record``: a Deployment, an Incident, a PullRequest or a Service, where there is one.

    ``name``: what people call it. ``tiers``: of an issue, those in which a deployment with it is successful now.
    ``is_running``: of a deployment, whether it runs now.
    """

    kind: Kind
    candidate: Candidate
    name: str
    record: Any = None
    tiers: tuple[Tier, ...] = ()
    is_running: bool = False

    @property
    def at(self) -> datetime | None:
        """When it happened; None where nobody said."""
        at_us = self.candidate.at_us
        return None if at_us == NEVER_STARTED_US else from_microseconds(at_us)


class Group(Struct, frozen=True):
    """A page of what was found of one kind. ``end``: after which the next page begins; None at the end."""

    kind: Kind
    hits: tuple[Hit, ...]
    end: Candidate | None = None


class RanIn(Struct, frozen=True):
    """An environment in which a commit runs, or ran. ``services``: of those it was deployed as.

    ``part_of``: the later commit as a part of which it was deployed there; "" if it was itself.
    """

    environment: str
    tier: Tier
    services: tuple[str, ...]
    deployment: Deployment
    is_running: bool
    part_of: str = ""


class Results(Struct, frozen=True):
    """What was found. ``names``: those of environments. ``commit``: the one that was looked for, "" for none or several.

    ``ran_in``: where that commit runs, then where it ran, the environments nearest to users first.
    ``is_part``: it was not deployed itself, but as a part of later commits.
    """

    query: Query
    groups: tuple[Group, ...]
    names: EnvironmentNames
    commit: str = ""
    ran_in: tuple[RanIn, ...] = ()
    is_part: bool = False

    @property
    def is_in_production(self) -> bool:
        """Whether the commit runs in production, itself or as a part of a later one."""
        return any(one.is_running and one.tier is Tier.PRODUCTION for one in self.ran_in)

    @property
    def hits(self) -> tuple[Hit, ...]:
        """All of them."""
        return tuple(hit for group in self.groups for hit in group.hits)


class SearchVerbs(Protocol):
    """Looks for anything by a few words."""

    async def search(
        self,
        organization_id: str,
        query: Query,
        *,
        kinds: Collection[Kind],
        limit: int,
        after: Rank | None = None,
    ) -> Results:
        """What ``query`` finds: of each kind up to ``limit``, exact matches first, then the newest; after a rank of one kind."""


def to_query(text: str) -> Query:
    """What a text looks for. Raises Invalid for one that is too short or too long."""
    if len(text) > QUERY_LIMIT:
        raise Invalid("q", f"Search for at most {QUERY_LIMIT} characters.")
    query = read_query(text)
    if query.is_too_short:
        raise Invalid("q", f"Search for at least {LEAST} characters.")
    return query


async def search(
    ledger: Searching,
    organization_id: str,
    query: Query,
    *,
    kinds: Collection[Kind],
    limit: int,
    after: Rank | None = None,
) -> Results:
    """See SearchVerbs."""
    found = await ledger.find_candidates(organization_id, query, kinds, limit=FOUND_LIMIT)
    policy = await ledger.find_tier_policy(organization_id)
    groups = []
    for kind, candidates in found.items():
        left = [one for one in candidates if after is None or one.rank < after]
        hits = await _READERS[kind](ledger, organization_id, left[:limit])
        groups.append(Group(kind, tuple(hits), left[limit - 1] if len(left) > limit else None))
    results = Results(query, tuple(one for one in groups if one.hits), policy.names)
    ids = [one.key for one in found.get(Kind.DEPLOYMENT, ()) if one.matched is Matched.COMMIT]
    asks_where = query.commit and Kind.DEPLOYMENT in kinds and after is None
    return await _say_where(ledger, organization_id, results, ids) if asks_where else results


async def _say_where(ledger: Searching, organization_id: str, results: Results, ids: Sequence[str]) -> Results:
    """``results`` with the one commit that was looked for, and where it runs or ran: itself, or as a part of a later one."""
    start = results.query.commit
    deployments: Sequence[Deployment] = await ledger.read_deployments(organization_id, ids) if ids else ()
    deployed = {one.commit.lower() for each in deployments for one in each.releases if one.commit.lower().startswith(start)}
    sent = await ledger.list_commits_that_begin(organization_id, start, limit=ALIKE_LIMIT)
    commits = _whole_ids({*deployed, *(one for _, one in sent)})
    if len(commits) != 1:
        return results
    (commit,) = commits
    repositories = sorted({key for key, one in sent if one == commit})
    if deployed:
        later = [await _list_running_with(ledger, organization_id, one, commit) for one in repositories]
        deployments = [*deployments, *(one for each in later for one in each)]
    else:
        shipped = [await find_deployments_with(ledger, organization_id, one, commit, pages=1) for one in repositories]
        deployments = [one for each in shipped for one in each.deployments]
    running = await ledger.list_running_ids(organization_id, [one.deployment_id for one in deployments])
    ran_in = _list_places(deployments, running, results.names, commit)
    return replace(results, commit=commit, ran_in=ran_in, is_part=not deployed)


def _whole_ids(commits: Collection[str]) -> set[str]:
    """The commits that are meant: senders may shorten what others send whole."""
    return {one for one in commits if not any(other != one and other.startswith(one) for other in commits)}


async def _list_running_with(ledger: Searching, organization_id: str, repository: str, commit: str) -> list[Deployment]:
    """Of the newest deployments of a repository those that run and have a commit behind theirs."""
    newest = await ledger.list_deployments(organization_id, DeploymentFilter(repository=repository, limit=NEWEST_READ))
    running = await ledger.list_running_ids(organization_id, [one.deployment_id for one in newest])
    pairs = {
        one.deployment_id: CommitPair(repository, release.commit, commit)
        for one in newest
        if one.deployment_id in running
        for release in reversed(one.releases)
        if repository_key(release.repository) == repository or len(one.releases) == 1
    }
    ranges = await find_pair_ranges(ledger, organization_id, pairs.values(), limit=COMMITS_WALKED)
    return [
        one
        for one in newest
        if one.deployment_id in pairs and ranges[pairs[one.deployment_id]].range.reason is RangeReason.FORWARD
    ]


def _list_places(
    deployments: Sequence[Deployment], running: Collection[str], names: EnvironmentNames, commit: str
) -> tuple[RanIn, ...]:
    """Where deployments of ``commit``, or of what has it behind it, run, then where they ran."""
    places: dict[tuple[str, tuple[str, ...]], RanIn] = {}
    for one in sorted(deployments, key=lambda one: one.placed_at):
        if one.times.success_at is None or one.environment is None:
            continue
        services = tuple(known(one.facts.services) or ())
        key = (names.key_of(one.environment.name), services)
        before = places.get(key)
        if before is None or not before.is_running or one.deployment_id in running:
            called = names.call(one.environment.name) or one.environment.id
            places[key] = RanIn(called, one.environment.tier, services, one, one.deployment_id in running, _part_of(one, commit))
    return tuple(sorted(places.values(), key=_reach_of))


def _part_of(one: Deployment, commit: str) -> str:
    """The commit that a deployment has instead of one that is behind it; "" if it has that itself."""
    own = [release.commit.lower() for release in one.releases]
    return "" if not own or any(commit.startswith(each) for each in own) else own[0]


def _reach_of(one: RanIn) -> tuple[bool, int, str]:
    return not one.is_running, TIERS_BY_REACH.index(one.tier), one.environment.casefold()


async def _read_deployments(ledger: Searching, organization_id: str, found: Sequence[Candidate]) -> list[Hit]:
    """Of what is merged its host, once."""
    read = {one.deployment_id: one for one in await ledger.read_deployments(organization_id, [one.key for one in found])}
    hosts = sorted({one.merged_into for one in read.values() if one.merged_into} - {*read})
    if hosts:
        read |= {one.deployment_id: one for one in await ledger.read_deployments(organization_id, hosts)}
    shown: dict[str, Candidate] = {}
    for one in found:
        if one.key in read:
            shown.setdefault(read[one.key].merged_into or one.key, one)
    running = await ledger.list_running_ids(organization_id, list(shown)) if shown else frozenset[str]()
    return [
        Hit(
            kind=Kind.DEPLOYMENT,
            candidate=replace(one, key=key),
            name=title_of(read[key]),
            record=read[key],
            is_running=key in running,
        )
        for key, one in shown.items()
        if key in read
    ]


async def _read_issues(ledger: Searching, organization_id: str, found: Sequence[Candidate]) -> list[Hit]:
    keys = [one.key for one in found]
    if not keys:
        return []
    told, lines = await asyncio.gather(
        ledger.find_issues(organization_id, keys),
        ledger.list_issue_lines(organization_id, {key: [key] for key in keys}, of_each=1, in_all=LINES_READ * len(keys)),
    )
    issues = {one.key: one for one in told}
    return [
        Hit(
            kind=Kind.ISSUE,
            candidate=one,
            name=issues[one.key].summary if one.key in issues else "",
            record=issues.get(one.key),
            tiers=_list_tiers(lines.get(one.key, ())),
        )
        for one in found
    ]


async def _read_services(ledger: Searching, organization_id: str, found: Sequence[Candidate]) -> list[Hit]:
    async def read(one: Candidate) -> Hit:
        if one.service_id:
            service = await ledger.find_service(organization_id, one.service_id)
            return Hit(kind=Kind.SERVICE, candidate=one, name=service.draft.name if service else one.key, record=service)
        newest = await ledger.list_deployments_by_alias(organization_id, service_alias(one.key), limit=1)
        said = (name for each in newest for name in known(each.facts.services) or () if name.casefold() == one.key)
        return Hit(kind=Kind.SERVICE, candidate=one, name=next(said, one.key))

    return list(await asyncio.gather(*map(read, found)))


async def _read_people(ledger: Searching, organization_id: str, found: Sequence[Candidate]) -> list[Hit]:
    people = await ledger.read_known_people(organization_id)
    accounts = {one.person_id: one for one in people.people}

    async def read(one: Candidate) -> Hit | None:
        if one.key in accounts:
            return Hit(kind=Kind.PERSON, candidate=one, name=accounts[one.key].name, record=accounts[one.key])
        newest = await ledger.list_deployments_by_alias(organization_id, person_alias(one.key), limit=1)
        who = people.find(newest[0]) if newest else None
        if who is not None and who.person is not None and author_key(who.person.name) == one.key:
            return None  # the account has this name, and stands for the author by the address
        return Hit(kind=Kind.PERSON, candidate=one, name=who.name if who else one.key, record=who)

    return [hit for hit in await asyncio.gather(*map(read, found)) if hit is not None]


async def _read_repositories(_: Searching, __: str, found: Sequence[Candidate]) -> list[Hit]:
    return [Hit(kind=Kind.REPOSITORY, candidate=one, name=one.key) for one in found]


async def _read_requests(_: Searching, __: str, found: Sequence[Candidate]) -> list[Hit]:
    return [Hit(kind=Kind.REQUEST, candidate=one, name=one.key) for one in found]


async def _read_incidents(ledger: Searching, organization_id: str, found: Sequence[Candidate]) -> list[Hit]:
    return await _read_titled(ledger, organization_id, Kind.INCIDENT, found)


async def _read_pull_requests(ledger: Searching, organization_id: str, found: Sequence[Candidate]) -> list[Hit]:
    return await _read_titled(ledger, organization_id, Kind.PULL_REQUEST, found)


async def _read_titled(ledger: Searching, organization_id: str, kind: Kind, found: Sequence[Candidate]) -> list[Hit]:
    records = await asyncio.gather(*(ledger.find_record(_TITLED[kind], organization_id, one.key) for one in found))
    return [
        Hit(kind=kind, candidate=one, name=known(record.facts.title) or one.key, record=record)
        for one, record in zip(found, records, strict=True)
        if record is not None
    ]


def _list_tiers(lines: Sequence[IssueLine]) -> tuple[Tier, ...]:
    tiers = {line.tier for line in lines if line.successes}
    return tuple(tier for tier in TIERS_BY_REACH if tier in tiers)


_READERS = {
    Kind.DEPLOYMENT: _read_deployments,
    Kind.ISSUE: _read_issues,
    Kind.SERVICE: _read_services,
    Kind.REPOSITORY: _read_repositories,
    Kind.PERSON: _read_people,
    Kind.INCIDENT: _read_incidents,
    Kind.PULL_REQUEST: _read_pull_requests,
    Kind.REQUEST: _read_requests,
}
