"""What of a service stands in columns and tables of its own. Pure."""

from __future__ import annotations

import msgspec

from shipledger.catalog.repository import repository_key
from shipledger.catalog.services.model import ServiceRecord
from shipledger.clock import to_microseconds
from shipledger.ledger.aggregate import Column, Subtable
from shipledger.texts import indexable

COLUMNS = (
    Column("slug", "text"),
    Column("name", "text"),
    Column("name_key", "text"),
    Column("description", "text"),
    Column("team_id", "text"),
    Column("visibility", "text"),
    Column("tags", "text"),
    Column("created_us", "bigint"),
)


def to_columns(service: ServiceRecord) -> tuple[str | int, ...]:
    """The values of COLUMNS. The key of a name is the name without case."""
    draft = service.draft
    return (
        service.slug,
        draft.name,
        draft.name.casefold(),
        draft.description,
        draft.team_id,
        draft.visibility,
        msgspec.json.encode(draft.tags).decode(),
        to_microseconds(service.created_at),
    )


def _to_names(service: ServiceRecord) -> list[tuple[str, str]]:
    return [(name.casefold(), name) for name in service.names]


def _to_repositories(service: ServiceRecord) -> list[tuple[str, str]]:
    return [(indexable(repository_key(name)), name) for name in service.repositories]


def _to_relations(service: ServiceRecord) -> list[tuple[str, str]]:
    return [(relation.kind.value, relation.service_id) for relation in service.relations]


PARTS = (
    Subtable("service_name", (Column("name_key", "text"), Column("name", "text")), _to_names),
    Subtable("service_relation", (Column("kind", "text"), Column("other_id", "text")), _to_relations),
    Subtable("service_repository", (Column("repository_key", "text"), Column("repository", "text")), _to_repositories),
)
