"""Which pull requests went out with a deployment, and which deployments shipped a pull request."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from msgspec import Struct

from shipledger.catalog.commit_range import CommitRange, Graph, RangeReason, find_range
from shipledger.catalog.contract import RepositoryMapping
from shipledger.catalog.ranges import SHORTEST_ID, WHOLE_IDS, complete
from shipledger.catalog.repository import repository_key
from shipledger.catalog.tiers import TierPolicy
from shipledger.clock import MICROSECOND, to_microseconds
from shipledger.deployments.lane_listing import LaneStore
from shipledger.deployments.listing import DeploymentFilter
from shipledger.deployments.lookups import NEVER_STARTED_US
from shipledger.found import Found
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.lanes import Running, span_of, took_effect_at
from shipledger.ledger.lines import environment_key
from shipledger.ledger.registers import known
from shipledger.ledger.submission import Release
from shipledger.long_work import run_beside
from shipledger.pull_requests.model import PullRequest
from shipledger.texts import indexable

RELEASES_LIMIT = 50
"""Repositories of one deployment that are looked at."""
OF_A_SHORT_ID = 100
PAGE = 500
PAGES = 10
"""So many pages of deployments of a repository are looked at."""

SIZE_OF_DEPLOYMENT = 20
"""What looking at one costs, in characters read."""


class PullRequestBrowsing(Protocol):
    """Pull requests by their commits, and the graphs of those."""

    async def list_pull_requests_of_commits(self, organization_id: str, commit_ids: Sequence[str]) -> Found[PullRequest]:
        """Those that have one of some commits, by their whole ids, ignoring case; in no order."""

    async def list_pull_requests_of_commit(self, organization_id: str, commit: str, *, limit: int) -> Found[PullRequest]:
        """Those that have a commit whose id begins with ``commit``, ignoring case; in no order."""

    async def scan_pull_requests(
        self,
        organization_id: str,
        *,
        opened_from: datetime | None,
        opened_until: datetime | None,
        after: tuple[int, str] | None,
        limit: int,
    ) -> Found[PullRequest]:
        """A page by opening, newest first."""

    async def read_graph(self, organization_id: str, repository: str) -> Graph:
        """The commits of a repository whose parents are known."""


class Shipping(PullRequestBrowsing, LaneStore, Protocol):
    """What is asked for both."""

    async def find_named_services(self, organization_id: str, names: Sequence[str]) -> dict[str, str]:
        """The id of a service for each of ``names`` that is the id, slug, name or further name of one."""

    async def list_repository_keys(self, organization_id: str, repository: str) -> list[str]:
        """The keys of all names of a repository, given by any canonical one, which comes first."""

    async def list_mappings(self, organization_id: str) -> Found[RepositoryMapping]:
        """Every service with its repositories."""

    async def list_deployments(self, organization_id: str, wanted: DeploymentFilter) -> Found[Deployment]:
        """A page of deployments, newest start first."""

    async def find_tier_policy(self, organization_id: str) -> TierPolicy:
        """The policy of an organization, with the names of its environments."""


class ShippedRange(Struct, frozen=True):
    """What a deployment brought of one repository. ``before``: what ran before in its lane, with the commit of that.

    ``count``: of the commits that it brought in. ``gaps``: parents that nobody has sent; behind them there may be more.
    """

    repository: str
    commit: str
    reason: RangeReason
    count: int
    gaps: int
    before: Deployment | None = None
    commit_before: str | None = None


class Shipped(Struct, frozen=True):
    """The pull requests of a deployment, the one merged last first, and the ranges by which they were found."""

    pull_requests: tuple[PullRequest, ...]
    ranges: tuple[ShippedRange, ...]


class Shipments(Struct, frozen=True):
    """The first deployment that brought a pull request to each environment, in their order.

    ``is_complete``: no older ones were left out.
    """

    deployments: tuple[Deployment, ...]
    is_complete: bool


async def find_shipped(ledger: Shipping, deployment: Deployment) -> Shipped:
    """The pull requests that went out with a deployment: those with a commit in the range since what ran before.

    There are no ranges where nobody has recorded any pull request: graphs of commits can be large.
    """
    organization_id = deployment.organization_id
    if not await ledger.scan_pull_requests(organization_id, opened_from=None, opened_until=None, after=None, limit=1):
        return Shipped((), ())
    running = await _list_running_before(ledger, deployment)
    found: dict[str, PullRequest] = {}
    ranges = []
    releases = {(repository_key(one.repository), one.commit.lower()): one for one in reversed(deployment.releases)}
    for release in list(releases.values())[-RELEASES_LIMIT:][::-1]:
        before, commit_before = _find_before(running, release)
        graph = await ledger.read_graph(organization_id, release.repository)
        task = partial(_find_range, graph, release.commit, commit_before)
        commits = await run_beside(task, size=len(graph))
        ranges.append(
            ShippedRange(
                release.repository,
                release.commit,
                commits.reason,
                len(commits.brought_in),
                len(commits.gaps),
                before,
                commit_before,
            )
        )
        names = frozenset(await ledger.list_repository_keys(organization_id, release.repository))
        of_commits = await _list_of_commits(ledger, organization_id, commits.brought_in)
        found.update((one.pull_request_id, one) for one in of_commits if _key_of(one.repository) in names)
    return Shipped(tuple(sorted(found.values(), key=_merged_at, reverse=True)), tuple(ranges))


async def find_shipments(ledger: Shipping, pull_request: PullRequest) -> Shipments:
    """The deployments that shipped a pull request: the first in each environment whose commit has its merge commit behind it.

    That of an unmerged one is the last commit of its branch. Without parents of commits only the commit itself counts.
    """
    commit = known(pull_request.facts.merge_commit) or known(pull_request.facts.head_commit)
    if commit is None:
        return Shipments((), is_complete=True)
    graph = await ledger.read_graph(pull_request.organization_id, pull_request.repository)
    names = frozenset(await ledger.list_repository_keys(pull_request.organization_id, pull_request.repository))
    deployments, is_complete = await _list_deployments_of(ledger, pull_request)
    policy = await ledger.find_tier_policy(pull_request.organization_id)
    first = await run_beside(
        partial(_find_first, graph, commit, names, deployments, policy.names),
        size=len(graph) + len(deployments) * SIZE_OF_DEPLOYMENT,
    )
    return Shipments(tuple(first), is_complete)


async def _list_running_before(ledger: Shipping, deployment: Deployment) -> list[Running]:
    """What ran of its services in its environment when it came to run, or began."""
    span = span_of(deployment)
    moment = deployment.placed_at if span is None else span.since
    organization_id = deployment.organization_id
    named = await ledger.find_named_services(organization_id, list(deployment.facts.services or ()))
    keys = {repository_key(one.repository) for one in deployment.releases}
    mapped = {one.service_id for one in await ledger.list_mappings(organization_id) if repository_key(one.repository) in keys}
    cells = await ledger.list_running(organization_id, sorted({*named.values(), *mapped}), at=moment - MICROSECOND)
    policy = await ledger.find_tier_policy(organization_id)
    own = indexable(policy.names.key_of(environment_key(deployment)))
    return [one for one in cells if one.environment_key == own]


def _find_before(running: Iterable[Running], release: Release) -> tuple[Deployment | None, str | None]:
    """What of the repository of a release ran last before, and its commit."""
    for cell in sorted(running, key=lambda one: one.since, reverse=True):
        for other in cell.runs.releases:
            if repository_key(other.repository) == repository_key(release.repository):
                return cell.runs, other.commit
    return None, None


def _find_range(graph: Graph, commit: str, before: str | None) -> CommitRange:
    return find_range(graph, complete(graph, commit), None if before is None else complete(graph, before))


async def _list_of_commits(ledger: Shipping, organization_id: str, commit_ids: Sequence[str]) -> list[PullRequest]:
    whole = [one for one in commit_ids if len(one) in WHOLE_IDS]
    found = list(await ledger.list_pull_requests_of_commits(organization_id, whole)) if whole else []
    for short in commit_ids:
        if len(short) not in WHOLE_IDS and short:
            found += await ledger.list_pull_requests_of_commit(organization_id, short, limit=OF_A_SHORT_ID)
    return found


async def _list_deployments_of(ledger: Shipping, pull_request: PullRequest) -> tuple[list[Deployment], bool]:
    """Those of its repository, newest start first, and whether these are all."""
    found: list[Deployment] = []
    before: tuple[int, str] | None = None
    for _ in range(PAGES):
        wanted = DeploymentFilter(repository=pull_request.repository, before=before, limit=PAGE)
        page = await ledger.list_deployments(pull_request.organization_id, wanted)
        found += page
        if page.total < PAGE or not page:
            return found, True
        started_at = page[-1].started_at
        before = (NEVER_STARTED_US if started_at is None else to_microseconds(started_at), page[-1].deployment_id)
    return found, False


def _find_first(
    graph: Graph, commit: str, names: Collection[str], deployments: Iterable[Deployment], environments: EnvironmentNames
) -> list[Deployment]:
    """The first deployment in each environment that has a commit, or one that has it behind it; of a repository by its keys."""
    whole = complete(graph, commit)
    behind = _list_descendants(graph, whole)
    ids = sorted({*graph, *behind})
    first: dict[str, Deployment] = {}
    for one in sorted(deployments, key=lambda one: (took_effect_at(one), one.deployment_id)):
        commits = (release.commit for release in one.releases if _key_of(release.repository) in names)
        if span_of(one) is not None and any(_complete_sorted(ids, own) in behind for own in commits):
            first.setdefault(environments.key_of(environment_key(one)), one)
    return list(first.values())


def _complete_sorted(ids: Sequence[str], shortened: str) -> str:
    """As ``complete``, of many ids in order."""
    wanted = shortened.lower()
    place = bisect_left(ids, wanted)
    found = ids[place : place + 2]
    if len(wanted) < SHORTEST_ID or not found or not found[0].startswith(wanted):
        return wanted
    return wanted if len(found) > 1 and found[0] != wanted and found[1].startswith(wanted) else found[0]


def _list_descendants(graph: Graph, commit: str) -> Collection[str]:
    """A commit and all that have it behind them."""
    children: dict[str, list[str]] = {}
    for commit_id, node in graph.items():
        for parent in node.parents:
            children.setdefault(parent, []).append(commit_id)
    found, pending = {commit}, [commit]
    while pending:
        for child in children.get(pending.pop(), ()):
            if child not in found:
                found.add(child)
                pending.append(child)
    return found


def _key_of(repository: str) -> str:
    return indexable(repository_key(repository))


def _merged_at(one: PullRequest) -> tuple[int, str]:
    return to_microseconds(known(one.facts.merged_at) or one.placed_at), one.pull_request_id
