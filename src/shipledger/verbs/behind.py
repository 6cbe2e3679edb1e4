"""How far what runs in an environment is behind what runs in the one before it, by commits and issues."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from msgspec import Struct

from shipledger.catalog.commit_range import RangeReason
from shipledger.catalog.repository import repository_key
from shipledger.ledger.lanes import LaneHead
from shipledger.ledger.lines import TIERS_BY_REACH, tier_of
from shipledger.ledger.state import Tier
from shipledger.verbs.pair_ranges import CommitPair, PairRange, ReadsAncestors, find_pair_ranges
from shipledger.verbs.real_keys import KeyWords, ReadsKeyRules, find_real_keys

COMMITS_WALKED = 500
"""Behind a pair of commits so many are passed at most; more are counted as "at least"."""
ISSUES_READ = 20_000
"""Commits of one answer whose messages are looked at."""
COMMITS = "commits"
"""What answers call them where they are taken from today."""


class ReadsBehind(ReadsAncestors, ReadsKeyRules, Protocol):
    """What is asked of the ledger."""

    async def has_commits(self, organization_id: str) -> bool:
        """Whether a commit of an organization was sent or told."""

    async def find_commit_issues(self, commits: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], tuple[str, ...]]:
        """What looks like keys of issues in the messages of those of ``commits`` that are known.

        ``commits`` are organizations, repositories and commit ids, and in the answer as they were given.
        """


class BehindReason(StrEnum):
    """Why it is not known how far an environment is behind, or only that it is at least so far.

    ``no_commit``: what runs in one of the two was sent without a commit. ``other_repository``: nothing of the same repository
    runs in both. ``unknown_commit``: nobody has sent this commit with its parents; ``unknown_commit_before``: that of the
    environment before. ``at_least``: there are more commits than are counted. ``gaps``: commits are missing that nobody has sent.
    """

    NO_COMMIT = "no_commit"
    OTHER_REPOSITORY = "other_repository"
    UNKNOWN_COMMIT = "unknown_commit"
    UNKNOWN_COMMIT_BEFORE = "unknown_commit_before"
    AT_LEAST = "at_least"
    GAPS = "gaps"


class Behind(Struct, frozen=True):
    """How far what runs is behind the environment before it, and ahead of it. None: not known, for ``reason``.

    ``environment``: the name of that one. ``issues``: how many the missing commits name.
    """

    environment: str
    commits: int | None = None
    issues: int | None = None
    ahead: int | None = None
    reason: BehindReason | None = None


async def find_behind(
    ledger: ReadsBehind,
    organization_id: str,
    cells: Iterable[LaneHead],
    repositories: Mapping[str, frozenset[str]],
    words: KeyWords,
) -> dict[tuple[str, str], Behind]:
    """How far each cell is behind the one before it, by service and environment; see ``MatrixVerbs``."""
    of_service: dict[str, list[LaneHead]] = {}
    for one in cells:
        of_service.setdefault(one.service_id, []).append(one)
    compared: list[tuple[LaneHead, str, CommitPair | BehindReason]] = []
    for service_id, own in of_service.items():
        keys = repositories.get(service_id, frozenset())
        compared += [(one, before.environment, find_pair(one, before, keys)) for one, before in list_predecessors(own)]
    pairs = [pair for _, _, pair in compared if isinstance(pair, CommitPair)]
    if not await ledger.has_commits(organization_id):
        pairs = [one for one in pairs if one.is_same]
    ranges = await find_pair_ranges(ledger, organization_id, pairs, limit=COMMITS_WALKED)
    issues = await _count_issues(ledger, organization_id, ranges, words)
    return {
        (one.service_id, one.environment_key): Behind(environment, reason=pair)
        if isinstance(pair, BehindReason)
        else to_behind(environment, ranges.get(pair), issues.get(pair))
        for one, environment, pair in compared
    }


def list_predecessors(cells: Iterable[LaneHead]) -> Iterator[tuple[LaneHead, LaneHead]]:
    """Of one service each cell where something runs, with the one in the next lower tier that came to run last."""
    by_reach: dict[int, list[LaneHead]] = {}
    for one in cells:
        if one.runs is not None and tier_of(one.runs) is not Tier.UNMAPPED:
            by_reach.setdefault(TIERS_BY_REACH.index(tier_of(one.runs)), []).append(one)
    reaches = sorted(by_reach)
    for own, lower in pairwise(reaches):
        before = max(by_reach[lower], key=lambda one: (one.since, one.environment_key))
        yield from ((one, before) for one in by_reach[own])


def find_pair(one: LaneHead, before: LaneHead, repositories: frozenset[str]) -> CommitPair | BehindReason:
    """The commits of two environments to compare: what the first lacks of the second. ``repositories``: keys of the service's."""
    own_releases, releases = (each.runs.releases if each.runs else () for each in (one, before))
    if not own_releases or not releases:
        return BehindReason.NO_COMMIT
    there = {repository_key(each.repository): each.commit for each in reversed(releases)}
    own = sorted(own_releases, key=lambda each: repository_key(each.repository) not in repositories)
    found = next((each for each in own if repository_key(each.repository) in there), None)
    if found is None:
        return BehindReason.OTHER_REPOSITORY
    return CommitPair(found.repository, there[repository_key(found.repository)], found.commit)


def to_behind(environment: str, found: PairRange | None, issues: int | None) -> Behind:
    """How far what runs is behind an environment, by the range from its commit to that of the other.

    ``found`` is None where no commits are known.
    """
    if found is None or found.range.reason is RangeReason.UNKNOWN_COMMIT_BEFORE:
        return Behind(environment, reason=BehindReason.UNKNOWN_COMMIT)
    if found.range.reason is RangeReason.UNKNOWN_COMMIT:
        return Behind(environment, reason=BehindReason.UNKNOWN_COMMIT_BEFORE)
    reason = BehindReason.AT_LEAST if found.is_cut else BehindReason.GAPS if found.range.gaps else None
    ahead = None if found.is_cut else len(found.range.taken_out)
    return Behind(environment, len(found.range.brought_in), issues, ahead, reason)


async def _count_issues(
    ledger: ReadsBehind, organization_id: str, ranges: Mapping[CommitPair, PairRange], words: KeyWords
) -> dict[CommitPair, int]:
    """How many issues the commits that each range brought in name; none are counted where there are too many commits."""
    commits = {pair: [(organization_id, pair.repository, one) for one in each.range.brought_in] for pair, each in ranges.items()}
    asked = list(dict.fromkeys(one for each in commits.values() for one in each))
    if len(asked) > ISSUES_READ:
        return {}
    named = await ledger.find_commit_issues(asked) if asked else {}
    keys = {key.upper() for found in named.values() for key in found}
    real = await find_real_keys(ledger, organization_id, keys, words) if keys else frozenset()
    return {pair: len({key.upper() for one in each for key in named.get(one, ())} & real) for pair, each in commits.items()}
