"""Which commits a deployment brought in and took out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.catalog.commit_range import CommitRange, Graph, GraphNode, RangeReason, find_range


def graph_of(**parents: str) -> Graph:
    """Commits named by a letter, with the letters of their parents, each a second after the one before."""
    return {one: GraphNode(parents=tuple(text), at_us=place) for place, (one, text) in enumerate(parents.items())}


LINE = graph_of(a="", b="a", c="b", d="c")
FORK = graph_of(a="", b="a", c="a", d="bc", e="d", f="c")


@pytest.mark.parametrize(
    "graph, commit, before, expected",
    [
        (LINE, "d", None, CommitRange(RangeReason.FIRST_DEPLOYMENT, ("d",))),
        (LINE, "d", "d", CommitRange(RangeReason.SAME_COMMIT)),
        (LINE, "d", "b", CommitRange(RangeReason.FORWARD, ("d", "c"))),
        (LINE, "b", "d", CommitRange(RangeReason.ROLLBACK, (), ("d", "c"))),
        (FORK, "e", "b", CommitRange(RangeReason.FORWARD, ("e", "d", "c"))),
        (FORK, "f", "e", CommitRange(RangeReason.DIVERGED, ("f",), ("e", "d", "b"))),
        (LINE, "x", "b", CommitRange(RangeReason.UNKNOWN_COMMIT, ("x",))),
        (LINE, "d", "x", CommitRange(RangeReason.UNKNOWN_COMMIT_BEFORE, ("d",))),
        (graph_of(c="b", d="c", x=""), "d", "x", CommitRange(RangeReason.DIVERGED, ("d", "c"), ("x",), ("b",))),
        (graph_of(b="a", c="b", d="c"), "d", "b", CommitRange(RangeReason.FORWARD, ("d", "c"))),
        (graph_of(a="b", b="a"), "a", "b", CommitRange(RangeReason.FORWARD)),
    ],
    ids=[
        "first",
        "again",
        "forward",
        "rollback",
        "merge",
        "diverged",
        "unknown",
        "unknown before",
        "gap",
        "gap behind both",
        "circle",
    ],
)
def test_a_range_is_what_is_reachable_from_one_commit_and_not_from_the_other(
    graph: Graph, commit: str, before: str | None, expected: CommitRange
) -> None:
    assert find_range(graph, commit, before) == expected


def git(repository: Path, *arguments: str, sent: str = "") -> str:
    said = subprocess.run(["git", *arguments], cwd=repository, capture_output=True, text=True, check=True, input=sent)
    return said.stdout.strip()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("graph")
    git(path, "init", "--quiet", "--bare", ".")
    return path


def commit_all(repository: Path, parents: list[list[int]]) -> list[str]:
    """The ids of new commits, each with the numbers of its parents among those before it."""
    lines = []
    for place, numbers in enumerate(parents):
        lines += [f"reset refs/heads/c{place}", "", f"commit refs/heads/c{place}", f"mark :{place + 1}"]
        lines += [f"committer A <a@example.com> {place} +0000", "data <<.", str(place), ".", ""]
        lines += [f"{word} :{number + 1}" for word, number in zip(["from", *["merge"] * 9], numbers, strict=False)]
        lines += ["", f"get-mark :{place + 1}"]
    return git(repository, "fast-import", "--quiet", "--force", sent="\n".join(lines) + "\n").split()


@given(st.lists(st.lists(st.integers(0, 30), max_size=3), min_size=2, max_size=12), st.data())
def test_ranges_are_those_of_git(empty: Path, drawn: list[list[int]], data: st.DataObject) -> None:
    """To start git takes longer than all that it does, so one start makes all commits of a graph."""
    parents = [[*dict.fromkeys(number % place for number in wanted)] if place else [] for place, wanted in enumerate(drawn)]
    ids = commit_all(empty, parents)
    graph = {
        one: GraphNode(parents=tuple(ids[number] for number in parents[place]), at_us=place) for place, one in enumerate(ids)
    }
    assert len(graph) == len(drawn)
    new, old = data.draw(st.sampled_from(ids)), data.draw(st.sampled_from(ids))
    found = find_range(graph, new, old)
    assert set(found.brought_in) == set(git(empty, "rev-list", new, f"^{old}").split())
    assert set(found.taken_out) == set(git(empty, "rev-list", old, f"^{new}").split())
    for order in (found.brought_in, found.taken_out):
        assert all(order.index(parent) > order.index(one) for one in order for parent in graph[one].parents if parent in order)
