"""A range that is read in parts is the one of the whole graph."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.catalog import stored_range
from shipledger.catalog.commit_range import GraphNode, find_range
from shipledger.catalog.stored_range import CLOCKS_AGREE_US, find_stored_range


class Reader:
    """A graph that is read in parts. ``read`` counts what was read."""

    def __init__(self, graph: dict[str, GraphNode]) -> None:
        self.graph = graph
        self.read = 0

    async def read_commits_behind(
        self, organization_id: str, repository: str, commit_ids: list[str], *, limit: int
    ) -> dict[str, GraphNode]:
        queue, found = list(dict.fromkeys(commit_ids)), {}
        for one in queue:
            if one in self.graph and len(found) < limit:
                found[one] = self.graph[one]
                queue += [parent for parent in self.graph[one].parents if parent not in queue]
        self.read += len(found)
        return found

    async def find_commits_that_begin(self, organization_id: str, repository: str, start: str) -> list[str]:
        return sorted(one for one in self.graph if one.startswith(start))[:2]


def name(number: int) -> str:
    return f"{number:040x}"


def find(reader: Reader, new: str, old: str):
    return asyncio.run(find_stored_range(reader, "acme", "github.com/acme/shop", new, old))


@pytest.fixture(autouse=True, scope="module")
def _in_small_parts():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored_range, "READ_AT_ONCE", 3)
        yield


@given(
    st.lists(st.tuples(st.lists(st.integers(1, 40), max_size=3), st.integers(0, 3), st.booleans()), min_size=2, max_size=40),
    st.data(),
)
def test_any_graph_gives_the_range_of_the_whole(drawn: list[tuple[list[int], int, bool]], data: st.DataObject) -> None:
    """Each commit has parents that are so many commits before it, is so many hours newer, and may not have been sent."""
    graph, at_us = {}, 0
    for number, (steps, days, is_known) in enumerate(drawn):
        at_us += days * CLOCKS_AGREE_US
        parents = tuple(name(number - step) for step in dict.fromkeys(steps) if step <= number)
        if is_known or number % 7:
            graph[name(number)] = GraphNode(parents, at_us)
    commits = [name(number) for number in range(len(drawn))]
    new, old = data.draw(st.sampled_from(commits)), data.draw(st.sampled_from(commits))
    assert find(Reader(graph), new, old) == find_range(graph, new, old)


def test_a_long_history_is_not_read_behind_both() -> None:
    long = {name(0): GraphNode((), 0)}
    for number in range(1, 20_000):
        long[name(number)] = GraphNode((name(number - 1),), number * CLOCKS_AGREE_US)
    reader = Reader(long)
    found = find(reader, name(19_999), name(19_979))
    assert found == find_range(long, name(19_999), name(19_979))
    assert reader.read < 200
    merged = {**long, name(20_000): GraphNode((name(19_999), name(3)), 20_000 * CLOCKS_AGREE_US)}
    assert find(Reader(merged), name(20_000), name(19_999)).brought_in == (name(20_000),)


def test_a_shortened_id_is_completed_where_it_is_of_one_commit() -> None:
    graph = {"a" * 40: GraphNode((), 1), "ab" + "a" * 38: GraphNode(("a" * 40,), 2)}
    assert find(Reader(graph), "ABAA", "a" * 40).brought_in == ("ab" + "a" * 38,)
    assert find(
        Reader({**graph, "abab" + "c" * 36: GraphNode((), 3), "abab" + "d" * 36: GraphNode((), 3)}), "abab", "a" * 40
    ).reason == ("unknown_commit")
