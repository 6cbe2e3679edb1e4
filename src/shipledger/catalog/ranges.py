"""Read what a deployment brought in and took out, with the commits."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from functools import partial

from msgspec import Struct

from shipledger.catalog.commit import Commit, CommitStore
from shipledger.catalog.commit_range import CommitRange, Graph, find_range
from shipledger.long_work import run_beside

SHORTEST_ID = 4
"""git names no commit by fewer digits."""
WHOLE_IDS = (40, 64)
"""So many digits has the whole id of a commit."""


class ReadRange(Struct, frozen=True):
    """A range, and those of its commits that were asked for, each in its order."""

    range: CommitRange
    brought_in: tuple[Commit, ...]
    taken_out: tuple[Commit, ...]


async def read_range(
    store: CommitStore, organization_id: str, repository: str, commit_id: str, before: str | None, *, limit: int
) -> ReadRange:
    """The range between two commits of a repository (canonical name), which may be shortened; see ``find_range``.

    At most ``limit`` commits of each side are read, the newest; the range has the ids of all.
    """
    is_needed = before is not None or len(commit_id) not in WHOLE_IDS
    graph = await store.read_graph(organization_id, repository) if is_needed else {}
    found = await run_beside(partial(_find, graph, commit_id, before), size=len(graph))
    brought_in, taken_out = await asyncio.gather(
        *(store.find_commits(organization_id, repository, side[:limit]) for side in (found.brought_in, found.taken_out))
    )
    return ReadRange(found, tuple(brought_in), tuple(taken_out))


def _find(graph: Graph, commit_id: str, before: str | None) -> CommitRange:
    return find_range(graph, complete(graph, commit_id), None if before is None else complete(graph, before))


def complete(commit_ids: Collection[str], shortened: str) -> str:
    """The one of ``commit_ids`` that begins so; ``shortened`` in lower case when there is none, or several."""
    wanted = shortened.lower()
    if len(wanted) < SHORTEST_ID or wanted in commit_ids:
        return wanted
    found = [one for one in commit_ids if one.startswith(wanted)]
    return found[0] if len(found) == 1 else wanted
