"""Which pull requests went out with a deployment, and which deployments shipped a pull request."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from msgspec import Struct

from shipledger.catalog.commit_range import Graph
from shipledger.catalog.ranges import complete
from shipledger.catalog.repository import repository_key
from shipledger.catalog.stored_range import SHORTEST_ID, WHOLE_IDS, ReadsGraphs
from shipledger.clock import to_microseconds
from shipledger.deployments.listing import DeploymentFilter
from shipledger.deployments.lookups import NEVER_STARTED_US
from shipledger.found import Found
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.lanes import span_of, took_effect_at
from shipledger.ledger.lines import environment_key
from shipledger.ledger.registers import known
from shipledger.long_work import run_beside
from shipledger.pull_requests.model import PullRequest
from shipledger.texts import indexable
from shipledger.verbs.lane_ranges import LaneRange, ReadsLanes, find_lane_ranges, list_ran_before, list_service_ids

OF_A_SHORT_ID = 100
PAGE = 500
PAGES = 10
"""So many pages of deployments of a repository are looked at."""

SIZE_OF_DEPLOYMENT = 20
"""What looking at one costs, in characters read."""


class PullRequestBrowsing(ReadsGraphs, Protocol):
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


class Shipping(PullRequestBrowsing, ReadsLanes, Protocol):
    """What is asked for both."""

    async def list_repository_keys(self, organization_id: str, repository: str) -> list[str]:
        """The keys of all names of a repository, given by any canonical one, which comes first."""

    async def list_deployments(self, organization_id: str, wanted: DeploymentFilter) -> Found[Deployment]:
        """A page of deployments, newest start first."""


class Shipped(Struct, frozen=True):
    """The pull requests of a deployment, the one merged last first, and the ranges by which they were found."""

    pull_requests: tuple[PullRequest, ...]
    ranges: tuple[LaneRange, ...]


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
    if not await has_pull_requests(ledger, deployment.organization_id):
        return Shipped((), ())
    ran_before = await list_ran_before(ledger, deployment, await list_service_ids(ledger, deployment))
    ranges = await find_lane_ranges(ledger, deployment, ran_before)
    return Shipped(await list_pull_requests_in(ledger, deployment.organization_id, ranges), tuple(ranges))


async def has_pull_requests(ledger: PullRequestBrowsing, organization_id: str) -> bool:
    """Whether anybody has recorded one."""
    found = await ledger.scan_pull_requests(organization_id, opened_from=None, opened_until=None, after=None, limit=1)
    return found.total > 0


async def list_pull_requests_in(ledger: Shipping, organization_id: str, ranges: Iterable[LaneRange]) -> tuple[PullRequest, ...]:
    """Those with a commit that ranges brought in, the one merged last first."""
    found: dict[str, PullRequest] = {}
    for one in ranges:
        names = frozenset(await ledger.list_repository_keys(organization_id, one.repository))
        of_commits = await _list_of_commits(ledger, organization_id, one.range.brought_in)
        found.update((each.pull_request_id, each) for each in of_commits if _key_of(each.repository) in names)
    return tuple(sorted(found.values(), key=_merged_at, reverse=True))


async def find_shipments(ledger: Shipping, pull_request: PullRequest) -> Shipments:
    """The deployments that shipped a pull request: the first in each environment whose commit has its merge commit behind it.

    That of an unmerged one is the last commit of its branch. Without parents of commits only the commit itself counts.
    """
    commit = known(pull_request.facts.merge_commit) or known(pull_request.facts.head_commit)
    if commit is None:
        return Shipments((), is_complete=True)
    found = await find_deployments_with(ledger, pull_request.organization_id, pull_request.repository, commit, pages=PAGES)
    policy = await ledger.find_tier_policy(pull_request.organization_id)
    first: dict[str, Deployment] = {}
    for one in found.deployments:
        first.setdefault(policy.names.key_of(environment_key(one)), one)
    return Shipments(tuple(first.values()), found.is_complete)


async def find_deployments_with(ledger: Shipping, organization_id: str, repository: str, commit: str, *, pages: int) -> Shipments:
    """The deployments of a repository that ran with a commit, or with one that has it behind it, in the order of time.

    ``pages``: of how many pages of its newest deployments.
    """
    graph = await ledger.read_graph(organization_id, repository)
    names = frozenset(await ledger.list_repository_keys(organization_id, repository))
    deployments, is_complete = await _list_deployments_of(ledger, organization_id, repository, pages)
    having = await run_beside(
        partial(_list_having, graph, commit, names, deployments), size=len(graph) + len(deployments) * SIZE_OF_DEPLOYMENT
    )
    return Shipments(tuple(having), is_complete)


async def _list_of_commits(ledger: Shipping, organization_id: str, commit_ids: Sequence[str]) -> list[PullRequest]:
    whole = [one for one in commit_ids if len(one) in WHOLE_IDS]
    found = list(await ledger.list_pull_requests_of_commits(organization_id, whole)) if whole else []
    for short in commit_ids:
        if len(short) not in WHOLE_IDS and short:
            found += await ledger.list_pull_requests_of_commit(organization_id, short, limit=OF_A_SHORT_ID)
    return found


async def _list_deployments_of(
    ledger: Shipping, organization_id: str, repository: str, pages: int
) -> tuple[list[Deployment], bool]:
    """Those of a repository, newest start first, and whether these are all."""
    found: list[Deployment] = []
    before: tuple[int, str] | None = None
    for _ in range(pages):
        wanted = DeploymentFilter(repository=repository, before=before, limit=PAGE)
        page = await ledger.list_deployments(organization_id, wanted)
        found += page
        if page.total < PAGE or not page:
            return found, True
        started_at = page[-1].started_at
        before = (NEVER_STARTED_US if started_at is None else to_microseconds(started_at), page[-1].deployment_id)
    return found, False


def _list_having(graph: Graph, commit: str, names: Collection[str], deployments: Iterable[Deployment]) -> list[Deployment]:
    """Those that ran with a commit, or with one that has it behind it, the first first; of a repository by its keys."""
    whole = complete(graph, commit)
    behind = _list_descendants(graph, whole)
    ids = sorted({*graph, *behind})
    having = []
    for one in sorted(deployments, key=lambda one: (took_effect_at(one), one.deployment_id)):
        commits = (release.commit for release in one.releases if _key_of(release.repository) in names)
        if span_of(one) is not None and any(_complete_sorted(ids, own) in behind for own in commits):
            having.append(one)
    return having


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
