"""A walk from two commits finds what the whole graph says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shipledger.catalog.commit_range import Graph, GraphNode, RangeReason, find_range
from shipledger.catalog.commit_walk import CommitWalk


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Commits 0, 1, 2 …, each later than its parents; some parents are missing from the graph."""
    graph: dict[str, GraphNode] = {}
    for place in range(draw(st.integers(2, 24))):
        ups = draw(st.sets(st.integers(-1 if draw(st.booleans()) else 0, place - 1), max_size=3)) if place else set()
        graph[str(place)] = GraphNode(tuple(str(up) if up >= 0 else f"lost-{place}" for up in sorted(ups)), place)
    return graph


def walk_in_steps(graph: Graph, new: str, old: str, *, limit: int = 1_000) -> CommitWalk:
    """Walk as a reader does who fetches only what is asked for."""
    walk, read, absent = CommitWalk(new, old, limit=limit), dict[str, GraphNode](), set[str]()
    while missing := walk.go_on(read, absent):
        assert not missing & {*read, *absent}, "it asks for nothing twice"
        read |= {one: graph[one] for one in missing if one in graph}
        absent |= {one for one in missing if one not in graph}
    return walk


@given(graphs(), st.data())
def test_it_is_the_range_of_the_whole_graph(graph: Graph, data: st.DataObject) -> None:
    new, old = data.draw(st.permutations(sorted(graph)))[:2]
    walk = walk_in_steps(graph, new, old)
    found, whole = walk.find_range(graph), find_range(graph, new, old)
    assert (found.reason, set(found.brought_in), set(found.taken_out), found.gaps, walk.is_cut) == (
        whole.reason,
        set(whole.brought_in),
        set(whole.taken_out),
        whole.gaps,
        False,
    )


def test_it_stops_at_its_limit_and_says_so() -> None:
    graph = {str(place): GraphNode((str(place - 1),) if place else (), place) for place in range(100)}
    walk = walk_in_steps(graph, "99", "1", limit=10)
    found = walk.find_range(graph)
    assert (walk.is_cut, found.reason, len(found.brought_in)) == (True, RangeReason.FORWARD, 10)
