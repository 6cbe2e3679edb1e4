"""Whether a record matches a query, and what that says about where to look. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from msgspec.structs import replace

from shipledger.catalog.clone_url import read_clone_url
from shipledger.protocols.datadog.pattern import literal_pattern
from shipledger.protocols.datadog.query import And, Field, Not, Or, Query, Word
from shipledger.protocols.effort import Effort

SERVICE_KEYS = frozenset({"service", "services"})
REPOSITORY_URL = "git.repository_url"

ONE_BY_ONE = 50
"""How much longer it takes to look at each character of a value by itself."""


class Searchable(Protocol):
    """What a query looks at."""

    def values_of(self, key: str) -> tuple[str, ...]:
        """The values of a key, standard or tag, in lower case; none when it has none."""

    def texts(self) -> tuple[str, ...]:
        """What words without a key are looked for in."""


def matches(query: Query, record: Searchable, effort: Effort) -> bool:
    """Whether ``record`` matches. Raises TooMuchEffortError."""
    if isinstance(query, And):
        return all(matches(item, record, effort) for item in query.items)
    if isinstance(query, Or):
        return any(matches(item, record, effort) for item in query.items)
    if isinstance(query, Not):
        return not matches(query.item, record, effort)
    is_like = query.pattern.is_in if isinstance(query, Word) else query.pattern.matches
    one_by_one = query.pattern.looks_one_by_one
    effort.look_at("")
    for value in record.texts() if isinstance(query, Word) else record.values_of(query.key):
        effort.look_at(value, one_by_one=one_by_one)
        if is_like(value):
            return True
    return False


def weigh(query: Query) -> int:
    """How much longer it takes to look at a record than with one plain term."""
    if isinstance(query, And | Or):
        return sum(map(weigh, query.items)) or 1
    if isinstance(query, Not):
        return weigh(query.item)
    return ONE_BY_ONE if query.pattern.looks_one_by_one else 1


def normalise(query: Query, rename: Callable[[str], str] = str) -> Query:
    """The same query with repository URLs in their canonical form, whatever spelling was asked for.

    ``rename`` gives the one host that a repository has here.
    """
    if isinstance(query, And | Or):
        return replace(query, items=tuple(normalise(item, rename) for item in query.items))
    if isinstance(query, Not):
        return Not(normalise(query.item, rename))
    if isinstance(query, Field) and query.key == REPOSITORY_URL and query.pattern.literal is not None:
        name = read_clone_url(query.pattern.literal)
        return query if name is None else Field(query.key, literal_pattern(rename(name)))
    return query


def find_services(query: Query) -> frozenset[str] | None:
    """Services, without case, of which everything that matches has one; None when the query does not say."""
    if isinstance(query, Field):
        literal = query.pattern.literal
        return frozenset({literal}) if query.key in SERVICE_KEYS and literal is not None else None
    if isinstance(query, And):
        said = [services for item in query.items if (services := find_services(item)) is not None]
        return min(said, key=len) if said else None
    if isinstance(query, Or):
        united: frozenset[str] = frozenset()
        for item in query.items:
            services = find_services(item)
            if services is None:
                return None
            united |= services
        return united
    return None
