"""The range between two commits, found by walking back from both, without reading the whole graph. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from heapq import heappop, heappush

from shipledger.catalog.commit_range import CommitRange, Graph, RangeReason, compare_sides, sort_commits

_NEW, _OLD = 1, 2
_BOTH = _NEW | _OLD


class CommitWalk:
    """Walks back from two different commits of one graph, newest first, until only commits behind both are left.

    As git does, it trusts the times of commits: one that claims to be older than its parent may be counted on the wrong side.
    ``limit``: so many commits are passed at most.
    """

    def __init__(self, commit_id: str, before: str, *, limit: int) -> None:
        self._sides = {commit_id: _NEW, before: _OLD}
        self._unplaced = {commit_id, before}
        self._next: list[tuple[int, str]] = []
        self._gaps: set[str] = set()
        self._limit = limit
        self._passed: set[str] = set()
        self.is_cut = False
        """Whether it stopped at its limit, so that there may be more commits on either side."""

    def go_on(self, graph: Graph, absent: Collection[str]) -> frozenset[str]:
        """Walk as far as ``graph`` goes. The commits that it lacks to go on; none when the end is reached.

        ``absent``: commits that nobody has sent.
        """
        while not (missing := self._place(graph, absent)) and self._has_more():
            if len(self._passed) >= self._limit:
                self.cut()
                break
            _, commit_id = heappop(self._next)
            self._passed.add(commit_id)
            self._unplaced.update(self._mark_parents(graph, commit_id))
        return missing

    def cut(self) -> None:
        """Stop here."""
        self.is_cut = True
        self._unplaced.clear()

    def find_range(self, graph: Graph) -> CommitRange:
        """What lies between, as far as the walk went. If it was cut, only commits that it has passed, whose side is certain."""
        certain = self._passed if self.is_cut else graph
        brought_in = {one for one, side in self._sides.items() if side == _NEW and one in certain}
        taken_out = {one for one, side in self._sides.items() if side == _OLD and one in certain}
        gaps = sorted(one for one in self._gaps if self._sides[one] != _BOTH)
        reason = compare_sides(brought_in, taken_out) if brought_in or taken_out else RangeReason.SAME_COMMIT
        return CommitRange(reason, sort_commits(graph, brought_in), sort_commits(graph, taken_out), tuple(gaps))

    def _place(self, graph: Graph, absent: Collection[str]) -> frozenset[str]:
        """Put what was reached where it comes next by its time. What the graph lacks of it."""
        for one in [each for each in self._unplaced if each in graph]:
            self._unplaced.discard(one)
            heappush(self._next, (-graph[one].at_us, one))
        gaps = {one for one in self._unplaced if one in absent}
        self._gaps |= gaps
        self._unplaced -= gaps
        return frozenset(self._unplaced)

    def _has_more(self) -> bool:
        return any(self._sides[one] != _BOTH for _, one in self._next)

    def _mark_parents(self, graph: Graph, commit_id: str) -> Iterator[str]:
        side = self._sides[commit_id]
        for parent in graph[commit_id].parents:
            known = self._sides.get(parent, 0)
            if known | side != known:
                self._sides[parent] = known | side
                yield parent
