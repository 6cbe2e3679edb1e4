"""Read what a deployment brought in and took out, with the commits."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from msgspec import Struct

from shipledger.catalog.commit import Commit, CommitStore
from shipledger.catalog.commit_range import CommitRange
from shipledger.catalog.stored_range import SHORTEST_ID, find_stored_range


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
    found = await find_stored_range(store, organization_id, repository, commit_id, before)
    brought_in, taken_out = await asyncio.gather(
        *(store.find_commits(organization_id, repository, side[:limit]) for side in (found.brought_in, found.taken_out))
    )
    return ReadRange(found, tuple(brought_in), tuple(taken_out))


def complete(commit_ids: Collection[str], shortened: str) -> str:
    """The one of ``commit_ids`` that begins so; ``shortened`` in lower case when there is none, or several."""
    wanted = shortened.lower()
    if len(wanted) < SHORTEST_ID or wanted in commit_ids:
        return wanted
    found = [one for one in commit_ids if one.startswith(wanted)]
    return found[0] if len(found) == 1 else wanted
