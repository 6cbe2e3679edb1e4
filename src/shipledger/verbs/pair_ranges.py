"""The ranges between many pairs of commits at once, in a few reads however many pairs there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol, TypeAlias

from msgspec import Struct

from shipledger.catalog.commit_range import CommitRange, GraphNode, RangeReason
from shipledger.catalog.commit_walk import CommitWalk
from shipledger.catalog.ranges import complete
from shipledger.catalog.repository import repository_key
from shipledger.catalog.stored_range import SHORTEST_ID
from shipledger.long_work import run_beside
from shipledger.texts import indexable, storable

FIRST_DEPTH, DEPTH = 8, 64
"""Generations that a read fetches behind each commit: few at first, as most ranges are short."""
ROUNDS = 8
AT_ONCE = 500
"""Commits that one statement begins at."""
SIZE_OF_WALK = 200
"""What a walk costs, in characters read."""

Graphs: TypeAlias = dict[str, dict[str, GraphNode]]
"""What was read of the graphs of repositories, by the keys of those."""


class ReadsAncestors(Protocol):
    """What is asked of the ledger."""

    async def read_ancestors(
        self, organization_id: str, commits: Iterable[tuple[str, str]], *, depth: int
    ) -> dict[str, dict[str, GraphNode]]:
        """Commits whose parents are known and ``depth`` generations behind them, by the key of their repository and by id."""


class CommitPair(Struct, frozen=True):
    """Two commits of one repository (canonical name), as they were sent."""

    repository: str
    commit: str
    before: str

    @property
    def is_same(self) -> bool:
        """Whether both are the same as they were sent."""
        return self.commit.lower() == self.before.lower()

    @property
    def key(self) -> str:
        """The key of the repository."""
        return indexable(repository_key(storable(self.repository)))


class PairRange(Struct, frozen=True):
    """The range of a pair. ``is_cut``: looking was given up, so there may be more commits on either side."""

    range: CommitRange
    is_cut: bool = False


async def find_pair_ranges(
    ledger: ReadsAncestors, organization_id: str, pairs: Iterable[CommitPair], *, limit: int
) -> dict[CommitPair, PairRange]:
    """The range of each pair. Of each at most ``limit`` commits are passed: see ``CommitWalk``."""
    found: dict[CommitPair, PairRange] = {}
    wanted = []
    for one in dict.fromkeys(pairs):
        if one.is_same:
            found[one] = PairRange(CommitRange(RangeReason.SAME_COMMIT))
        else:
            wanted.append(one)
    reading = _Reading(ledger, organization_id)
    await reading.read(((one.repository, id_.lower()) for one in wanted for id_ in (one.commit, one.before)), FIRST_DEPTH)
    walks: dict[CommitPair, CommitWalk] = {}
    for one in wanted:
        graph = reading.graph_of(one)
        commit, before = complete(graph, one.commit), complete(graph, one.before)
        if commit == before:
            found[one] = PairRange(CommitRange(RangeReason.SAME_COMMIT))
        elif commit not in graph:
            found[one] = PairRange(CommitRange(RangeReason.UNKNOWN_COMMIT))
        elif before not in graph:
            found[one] = PairRange(CommitRange(RangeReason.UNKNOWN_COMMIT_BEFORE))
        else:
            walks[one] = CommitWalk(commit, before, limit=limit)
    await _walk(reading, walks)
    size = len(walks) * SIZE_OF_WALK
    return found | await run_beside(lambda: {one: _end(walk, reading.graph_of(one)) for one, walk in walks.items()}, size=size)


async def _walk(reading: _Reading, walks: Mapping[CommitPair, CommitWalk]) -> None:
    """Walk all, and read in between what they lack, for so many rounds."""
    left = dict(walks)
    for _ in range(ROUNDS):
        missing = await run_beside(partial(_go_on, reading, left), size=len(left) * SIZE_OF_WALK)
        if not missing:
            return
        left = {one: left[one] for one in missing}
        await reading.read([(one.repository, commit_id) for one, ids in missing.items() for commit_id in ids], DEPTH)
    for one in await run_beside(partial(_go_on, reading, left), size=len(left) * SIZE_OF_WALK):
        left[one].cut()


def _go_on(reading: _Reading, walks: Mapping[CommitPair, CommitWalk]) -> dict[CommitPair, frozenset[str]]:
    missing = {}
    for one, walk in walks.items():
        lacks = walk.go_on(reading.graph_of(one), reading.absent_of(one))
        if lacks:
            missing[one] = lacks
    return missing


def _end(walk: CommitWalk, graph: Mapping[str, GraphNode]) -> PairRange:
    return PairRange(walk.find_range(graph), walk.is_cut)


class _Reading:
    """What was read of graphs, and which commits were looked for in vain."""

    def __init__(self, ledger: ReadsAncestors, organization_id: str) -> None:
        self._ledger = ledger
        self._organization_id = organization_id
        self._graphs: Graphs = {}
        self._absent: dict[str, set[str]] = {}

    async def read(self, commits: Iterable[tuple[str, str]], depth: int) -> None:
        asked = [one for one in dict.fromkeys(commits) if len(one[1]) >= SHORTEST_ID]
        for first in range(0, len(asked), AT_ONCE):
            await self._read_some(asked[first : first + AT_ONCE], depth)

    def graph_of(self, pair: CommitPair) -> Mapping[str, GraphNode]:
        return self._graphs.get(pair.key, {})

    def absent_of(self, pair: CommitPair) -> Collection[str]:
        return self._absent.get(pair.key, ())

    async def _read_some(self, asked: Sequence[tuple[str, str]], depth: int) -> None:
        for key, graph in (await self._ledger.read_ancestors(self._organization_id, asked, depth=depth)).items():
            self._graphs.setdefault(key, {}).update(graph)
        for repository, commit_id in asked:
            key = CommitPair(repository, commit_id, commit_id).key
            if commit_id not in self._graphs.get(key, {}):
                self._absent.setdefault(key, set()).add(commit_id)
