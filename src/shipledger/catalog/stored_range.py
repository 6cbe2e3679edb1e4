"""Find a range of commits without reading the whole graph: both are followed back until nothing can change the answer.

A repository has tens of thousands of commits, and a deployment brings a few. Commits behind both are of no interest, unless one
that seems to be behind a single one of them is behind both, by a longer way round. No commit is older than those behind it, but
for clocks: so it is enough to look at those that are as new as the oldest that counts, and an hour older.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Protocol

from shipledger.catalog.commit_range import CommitRange, Graph, GraphNode, find_range, list_ancestors
from shipledger.long_work import run_beside

SHORTEST_ID = 4
"""git names no commit by fewer digits."""
WHOLE_IDS = (40, 64)
"""So many digits has the whole id of a commit."""

READ_AT_ONCE = 500
MOST_READ = 20_000
"""Where histories have nothing in common, reading ends; what is behind counts as not known then."""
CLOCKS_AGREE_US = 3_600_000_000


class ReadsGraphs(Protocol):
    """Who knows which commits stand behind which."""

    async def read_commits_behind(
        self, organization_id: str, repository: str, commit_ids: Sequence[str], *, limit: int
    ) -> dict[str, GraphNode]:
        """Some commits and those behind them whose parents are known, by id: the nearest, up to ``limit``."""

    async def find_commits_that_begin(self, organization_id: str, repository: str, start: str) -> list[str]:
        """Up to two commits whose parents are known and whose ids begin with ``start``, in lower case."""


async def find_stored_range(
    store: ReadsGraphs, organization_id: str, repository: str, commit: str, before: str | None
) -> CommitRange:
    """See ``find_range``. Both commits may be shortened."""
    new = await _complete(store, organization_id, repository, commit)
    if before is None:
        return find_range({}, new, None)
    old = await _complete(store, organization_id, repository, before)
    graph: dict[str, GraphNode] = {}
    absent: set[str] = set()
    wanted = {new, old} if new != old else set()
    size = READ_AT_ONCE
    while wanted and len(graph) < MOST_READ:
        size = max(size, len(wanted))
        found = await store.read_commits_behind(organization_id, repository, sorted(wanted), limit=size)
        graph.update(found)
        absent.update(wanted - found.keys())
        if new in absent or old in absent:
            break
        wanted = await run_beside(partial(_list_wanted, graph, new, old, absent), size=len(graph))
        size *= 2
    return await run_beside(partial(find_range, graph, new, old), size=len(graph))


async def _complete(store: ReadsGraphs, organization_id: str, repository: str, commit: str) -> str:
    wanted = commit.lower()
    if len(wanted) < SHORTEST_ID or len(wanted) in WHOLE_IDS:
        return wanted
    found = await store.find_commits_that_begin(organization_id, repository, wanted)
    return found[0] if len(found) == 1 or (found and found[0] == wanted) else wanted


def _list_wanted(graph: Graph, new: str, old: str, absent: Iterable[str]) -> set[str]:
    """The commits that must be read before the range is certain."""
    of_new, of_old = list_ancestors(graph, new), list_ancestors(graph, old)
    single, both = of_new ^ of_old, of_new & of_old
    if not single:
        return set()
    oldest = min(graph[one].at_us for one in single) - CLOCKS_AGREE_US
    looked_at = (*single, *(one for one in both if graph[one].at_us >= oldest))
    return {parent for one in looked_at for parent in graph[one].parents if parent not in graph}.difference(absent)
