"""What a deployment changed: its commits, issues, authors and pull requests, and what stands next to it in its lane."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from shipledger.catalog.commit import Commit
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.lanes import Neighbours
from shipledger.ledger.naming import find_keys
from shipledger.pull_requests.model import PullRequest
from shipledger.verbs.lane_ranges import LaneRange, find_lane_ranges, list_ran_before, list_service_ids
from shipledger.verbs.real_keys import KeyWords, ReadsKeyRules, find_real_keys
from shipledger.verbs.shipped import Shipping, has_pull_requests, list_pull_requests_in


class ReadsCommits(Protocol):
    """What is asked of the ledger for commits."""

    async def find_commits(self, organization_id: str, repository: str, commit_ids: Sequence[str]) -> list[Commit]:
        """Those of the commits that are known, whole or told, in the order asked for."""


class ReadsChanges(Shipping, ReadsCommits, ReadsKeyRules, Protocol):
    """What is asked of the ledger."""


class ChangedCommit(Struct, frozen=True):
    """A commit by its id, with what is known of it. ``issue_keys`` are those that are issues by the organization's rules."""

    commit_id: str
    commit: Commit | None
    issue_keys: tuple[str, ...] = ()

    @property
    def author(self) -> str:
        """The name of who wrote it; "" where nobody said."""
        return "" if self.commit is None else author_of(self.commit)


class ChangedRepository(Struct, frozen=True):
    """What a deployment changed of one repository: the newest commits of each side. The range has the ids of all."""

    range: LaneRange
    brought_in: tuple[ChangedCommit, ...]
    taken_out: tuple[ChangedCommit, ...]


class Changes(Struct, frozen=True):
    """What a deployment changed against what ran before it.

    ``issues`` and ``authors`` are of the commits read. ``pull_requests``: the one merged last comes first.
    """

    lane: Neighbours
    repositories: tuple[ChangedRepository, ...]
    pull_requests: tuple[PullRequest, ...]
    issues: tuple[str, ...]
    authors: tuple[str, ...]


async def find_changes(ledger: ReadsChanges, deployment: Deployment, words: KeyWords, *, limit: int) -> Changes:
    """The changes of a deployment. Of each side at most ``limit`` commits are read, of all repositories together."""
    organization_id = deployment.organization_id
    service_ids = await list_service_ids(ledger, deployment)
    lane = await ledger.find_neighbours(deployment, service_ids)
    ran_before = await list_ran_before(ledger, deployment, service_ids)
    if not service_ids and lane.ran_before is not None:
        ran_before = [lane.ran_before]
    ranges = await find_lane_ranges(ledger, deployment, ran_before)
    repositories = await read_commits(ledger, organization_id, ranges, limit)
    repositories = await keep_real_keys(ledger, organization_id, repositories, words)
    brought = [one for each in repositories for one in each.brought_in]
    has_any = await has_pull_requests(ledger, organization_id)
    return Changes(
        lane=lane,
        repositories=tuple(repositories),
        pull_requests=await list_pull_requests_in(ledger, organization_id, ranges) if has_any else (),
        issues=tuple(dict.fromkeys(key for one in brought for key in one.issue_keys)),
        authors=tuple(dict.fromkeys(one.author for one in brought if one.author)),
    )


def author_of(commit: Commit) -> str:
    """The name of who wrote a commit, as it says itself, else as it was told; "" where nobody said."""
    told = commit.telling.author_name if commit.telling else ""
    return " ".join((commit.author_name or told).split())


async def read_commits(
    ledger: ReadsCommits, organization_id: str, ranges: Iterable[LaneRange], limit: int
) -> list[ChangedRepository]:
    """Ranges with their commits: of each side at most ``limit``, of all repositories together."""
    read, left = [], {True: limit, False: limit}
    for one in ranges:
        sides = []
        for is_in, ids in ((True, one.range.brought_in), (False, one.range.taken_out)):
            shown = ids[: left[is_in]]
            left[is_in] -= len(shown)
            found = await ledger.find_commits(organization_id, one.repository, shown) if shown else []
            known = {commit.commit_id: commit for commit in found}
            sides.append(tuple(ChangedCommit(each, known.get(each), _keys_of(known.get(each))) for each in shown))
        read.append(ChangedRepository(one, *sides))
    return read


async def keep_real_keys(
    ledger: ReadsKeyRules, organization_id: str, repositories: Iterable[ChangedRepository], words: KeyWords
) -> list[ChangedRepository]:
    """The same with those keys alone that are issues by the organization's rules."""
    read = list(repositories)
    keys = {key for each in read for side in (each.brought_in, each.taken_out) for one in side for key in one.issue_keys}
    real = await find_real_keys(ledger, organization_id, keys, words) if keys else frozenset()

    def keep(side: Iterable[ChangedCommit]) -> tuple[ChangedCommit, ...]:
        return tuple(replace(one, issue_keys=tuple(key for key in one.issue_keys if key in real)) for one in side)

    return [replace(each, brought_in=keep(each.brought_in), taken_out=keep(each.taken_out)) for each in read]


def _keys_of(commit: Commit | None) -> tuple[str, ...]:
    if commit is None:
        return ()
    telling = commit.telling
    told = (*telling.issue_keys, *find_keys(telling.message)) if telling else ()
    return tuple(dict.fromkeys(key.upper() for key in (*commit.issue_keys, *told)))
