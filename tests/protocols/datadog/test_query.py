"""The query language of lists, read by a parser that says where it stumbles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.protocols.datadog.matching import find_services, matches, normalise
from shipledger.protocols.datadog.query import EVERYTHING, And, Field, Not, Or, Query, QueryError, Word, parse_query
from shipledger.protocols.effort import Effort, TooMuchEffortError

RECORD = {
    "service": ("Checkout",),
    "env": ("production",),
    "version": ("release-V2.1",),
    "team": ("backend",),
    "region": ("eu", "us"),
    "git.repository_url": ("github.com/acme/shop",),
}


class Record:
    def values_of(self, key):
        return RECORD.get("service" if key == "services" else key, ())

    def texts(self):
        return ("Checkout", "release-V2.1")


@pytest.mark.parametrize(
    "query, is_match",
    [
        ("", True),
        ("   ", True),
        ("service:(checkout OR api-service) env:production team:backend", True),
        ("env:production service:checkout version:*v2*", True),
        ("service:CHECKOUT", True),
        ("service:check", False),
        ("service:check*", True),
        ("service:?heckout", True),
        ("services:checkout", True),
        ("-service:checkout", False),
        ("NOT service:checkout", False),
        ("-service:api", True),
        ("team:*", True),
        ("-team:*", False),
        ("-owner:*", True),
        ("region:us AND region:eu", True),
        ("region:(us AND eu)", True),
        ("region:(us AND NOT eu)", False),
        ("region:-us", False),
        ("@region:eu", True),
        ("Region:eu", True),
        ("nobody:has", False),
        ("checkout", True),
        ("heck", True),
        ("v2", True),
        ("v2*", False),
        ("*V2*", True),
        ('"release-V2.1"', True),
        ('version:"release-v2.1"', True),
        ('version:"release*"', False),
        ("version:release\\-v2\\.1", True),
        ("env:staging OR env:production service:api", False),
        ("env:production OR env:staging service:api", True),
        ("(env:production OR env:staging) service:api", False),
        ("env:production and service:checkout", False),
        ("-(env:staging OR service:api)", True),
        ("NOT(env:staging)", True),
        ("git.repository_url:github.com/acme/shop", True),
        ('git.repository_url:"https://user:pw@GitHub.com/acme/shop.git"', True),
        ("git.repository_url:git@github.com\\:acme/shop.git", True),
        ("env : production", None),
        ("service:", None),
        ("service: checkout", None),
        ("(env:production", None),
        ("env:production)", None),
        ("()", None),
        ("service:()", None),
        ('"open', None),
        ("env:production OR", None),
        ("OR env:production", None),
        ("AND", None),
        ("NOT", None),
        ("- env:production", None),
        ("a:b:c", None),
        ("started_at:>5", None),
        ("started_at:[1 TO 5]", None),
        ("ip:CIDR(10.0.0.0/8)", None),
        ("a,b", None),
        ("end\\", None),
        ("ke*y:value", None),
        ('one"two"', None),
        ("x" * 2049, None),
        ("a " * 101, None),
        ("(" * 60 + "a" + ")" * 60, None),
    ],
)
def test_a_query_matches_as_the_contract_says_or_is_refused(query, is_match):
    if is_match is None:
        with pytest.raises(QueryError) as refused:
            parse_query(query)
        assert f"at position {refused.value.position} of the query" in str(refused.value)
        assert 1 <= refused.value.position <= len(query) + 1
    else:
        assert matches(normalise(parse_query(query)), Record(), Effort()) is is_match


@pytest.mark.parametrize(
    "query, position",
    [("env:production (service:a", 16), ("env:a)", 6), ('a "b', 3), ("service: a", 9), ("a OR OR b", 6)],
)
def test_an_error_names_the_place(query, position):
    with pytest.raises(QueryError) as refused:
        parse_query(query)
    assert refused.value.position == position


@pytest.mark.parametrize(
    "query, services",
    [
        ("service:a env:b", {"a"}),
        ("service:(A OR b) env:c", {"a", "b"}),
        ("service:a OR service:b", {"a", "b"}),
        ("service:a OR env:b", None),
        ("-service:a", None),
        ("service:a*", None),
        ("service:a (service:a OR service:b)", {"a"}),
        ("env:a", None),
        ("", None),
    ],
)
def test_where_to_look_is_told_by_what_every_match_must_have(query, services):
    assert find_services(parse_query(query)) == (None if services is None else frozenset(services))


def queries() -> st.SearchStrategy[Query]:
    words = st.text(alphabet='ab*?-:"\\() ,OR', min_size=1, max_size=6)
    keys = st.sampled_from(["service", "env", "team", "a.b/c-d_e"])
    leaves = st.builds(lambda key, text: (key, text), keys | st.none(), words)
    return st.recursive(
        leaves,
        lambda inner: st.tuples(st.sampled_from(["AND", "OR"]), inner, inner) | st.tuples(st.just("NOT"), inner),
        max_leaves=8,
    )


def write(tree) -> str:
    if tree[0] == "NOT" and len(tree) == 2 and isinstance(tree[1], tuple):
        return f"NOT ({write(tree[1])})"
    if len(tree) == 3:
        return f"({write(tree[1])} {tree[0]} {write(tree[2])})"
    key, text = tree
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return quoted if key is None else f"{key}:{quoted}"


def expect(tree) -> Query:
    if tree[0] == "NOT" and len(tree) == 2 and isinstance(tree[1], tuple):
        return Not(expect(tree[1]))
    if len(tree) == 3:
        return {"AND": And, "OR": Or}[tree[0]]((expect(tree[1]), expect(tree[2])))
    key, text = tree
    pattern = parse_query('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"').pattern
    assert pattern.literal == text.casefold()
    return Word(pattern) if key is None else Field(key, pattern)


@given(queries())
def test_what_is_written_is_read_back(tree):
    assert parse_query(write(tree)) == expect(tree)


@given(st.text(alphabet='ab: ()"\\-*?ANDORT,@', max_size=40))
def test_any_text_is_read_or_refused_with_its_place(text):
    try:
        query = parse_query(text)
    except QueryError as error:
        place = error.position
    else:
        place = 1
        assert query == EVERYTHING or isinstance(matches(query, Record(), Effort()), bool)
    assert 1 <= place <= len(text) + 1


@given(st.text(max_size=30))
def test_a_quoted_value_matches_itself(text):
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    query = parse_query(f'key:"{quoted}"')
    assert isinstance(query, Field)
    assert query.pattern.matches(text)


def test_a_query_may_look_at_so_much_and_no_more():
    assert matches(parse_query("heck"), Record(), Effort(100))
    with pytest.raises(TooMuchEffortError):
        matches(parse_query("nobody OR *?* OR env:none"), Record(), Effort(40))
