"""Which commits a deployment brought in and took out, from the graph of commits. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum
from heapq import heapify, heappop, heappush

from msgspec import Struct


class RangeReason(StrEnum):
    """How the commit of a deployment stands to that of the one before, as git sees it.

    ``first_deployment``: there is none before. ``same_commit``: it was deployed again. ``forward``: the commit before is an
    ancestor. ``rollback``: the new one is an ancestor of it. ``diverged``: neither is. ``unknown_commit`` and
    ``unknown_commit_before``: nobody has sent that commit with its parents, as after a rewritten history.
    """

    FIRST_DEPLOYMENT = "first_deployment"
    SAME_COMMIT = "same_commit"
    FORWARD = "forward"
    ROLLBACK = "rollback"
    DIVERGED = "diverged"
    UNKNOWN_COMMIT = "unknown_commit"
    UNKNOWN_COMMIT_BEFORE = "unknown_commit_before"


class GraphNode(Struct, frozen=True):
    """A commit in the graph of its repository. ``at_us``: microseconds since 1970, by which commits side by side are sorted."""

    parents: tuple[str, ...]
    at_us: int = 0


Graph = Mapping[str, GraphNode]
"""Commits by id, each with its parents, as far as they are known."""


class CommitRange(Struct, frozen=True):
    """Ids of commits, newest first and children before their parents; merges are among them.

    ``gaps``: parents of these commits that nobody has sent. Behind them there may be more, as in a shallow clone.
    """

    reason: RangeReason
    brought_in: tuple[str, ...] = ()
    taken_out: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()


def find_range(graph: Graph, commit_id: str, before: str | None) -> CommitRange:
    """What ``commit_id`` brought in and took out, deployed after ``before``; None: nothing was deployed before.

    Where the graph does not say, the commit stands alone. Behind a gap that both commits have in common nothing is looked for.
    """
    if before is None:
        return CommitRange(RangeReason.FIRST_DEPLOYMENT, brought_in=(commit_id,))
    if commit_id == before:
        return CommitRange(RangeReason.SAME_COMMIT)
    if commit_id not in graph:
        return CommitRange(RangeReason.UNKNOWN_COMMIT, brought_in=(commit_id,))
    if before not in graph:
        return CommitRange(RangeReason.UNKNOWN_COMMIT_BEFORE, brought_in=(commit_id,))
    new, old = list_ancestors(graph, commit_id), list_ancestors(graph, before)
    brought_in, taken_out = new - old, old - new
    gaps = {parent for one in brought_in | taken_out for parent in graph[one].parents if parent not in graph}
    return CommitRange(
        compare_sides(brought_in, taken_out), sort_commits(graph, brought_in), sort_commits(graph, taken_out), tuple(sorted(gaps))
    )


def compare_sides(brought_in: AbstractSet[str], taken_out: AbstractSet[str]) -> RangeReason:
    """How a commit stands to another one that it differs from, by what it has and the other lacks, and the reverse."""
    if not taken_out:
        return RangeReason.FORWARD
    return RangeReason.DIVERGED if brought_in else RangeReason.ROLLBACK


def list_ancestors(graph: Graph, commit_id: str) -> set[str]:
    """The known ancestors of a commit, and itself."""
    found, left = {commit_id}, [commit_id]
    while left:
        for parent in graph[left.pop()].parents:
            if parent not in found and parent in graph:
                found.add(parent)
                left.append(parent)
    return found


def sort_commits(graph: Graph, commit_ids: AbstractSet[str]) -> tuple[str, ...]:
    """Commits of a graph, newest first and children before their parents."""
    children = dict.fromkeys(commit_ids, 0)
    for one in commit_ids:
        for parent in graph[one].parents:
            if parent in children:
                children[parent] += 1
    ready = [(-graph[one].at_us, one) for one, count in children.items() if not count]
    heapify(ready)
    order: list[str] = []
    while ready:
        _, newest = heappop(ready)
        order.append(newest)
        for parent in graph[newest].parents:
            if parent in children:
                children[parent] -= 1
                if not children[parent]:
                    heappush(ready, (-graph[parent].at_us, parent))
    return tuple(order)
