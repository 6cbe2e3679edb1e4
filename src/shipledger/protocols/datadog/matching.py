"""Whether a record matches a query, and what that says about where to look. Pure."""

from __future__ import annotations

from typing import Protocol

from msgspec.structs import replace

from shipledger.catalog.clone_url import read_clone_url
from shipledger.protocols.datadog.pattern import literal_pattern
from shipledger.protocols.datadog.query import And, Field, Not, Or, Query, Word

SERVICE_KEYS = frozenset({"service", "services"})
REPOSITORY_URL = "git.repository_url"


class Searchable(Protocol):
    """What a query looks at."""

    def values_of(self, key: str) -> tuple[str, ...]:
        """The values of a key, standard or tag, in lower case; none when it has none."""

    def texts(self) -> tuple[str, ...]:
        """What words without a key are looked for in."""


def matches(query: Query, record: Searchable) -> bool:
    """Whether ``record`` matches."""
    if isinstance(query, And):
        return all(matches(item, record) for item in query.items)
    if isinstance(query, Or):
        return any(matches(item, record) for item in query.items)
    if isinstance(query, Not):
        return not matches(query.item, record)
    if isinstance(query, Word):
        return any(query.pattern.is_in(text) for text in record.texts())
    return any(query.pattern.matches(value) for value in record.values_of(query.key))


def normalise(query: Query) -> Query:
    """The same query with repository URLs in their canonical form, whatever spelling was asked for."""
    if isinstance(query, And | Or):
        return replace(query, items=tuple(normalise(item) for item in query.items))
    if isinstance(query, Not):
        return Not(normalise(query.item))
    if isinstance(query, Field) and query.key == REPOSITORY_URL and query.pattern.literal is not None:
        name = read_clone_url(query.pattern.literal)
        return query if name is None else Field(query.key, literal_pattern(name))
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
