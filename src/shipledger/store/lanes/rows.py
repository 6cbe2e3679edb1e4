"""Rows that say where deployments stand in their lanes, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import msgspec
from msgspec import UNSET

from shipledger.catalog.past import PastServices
from shipledger.catalog.services.model import ServiceRecord
from shipledger.clock import to_microseconds
from shipledger.ledger.deployment import Deployment, service_alias
from shipledger.ledger.lanes import Part, part_of, place_in_lane, span_of
from shipledger.ledger.lines import environment_key
from shipledger.store import rows
from shipledger.store.row_reading import Row, reads

GREATEST = 2**63 - 1

RowPlace: TypeAlias = tuple[int, int, int, str, str]
"""Where a deployment stands in its lane, as rows have it; the last is its id. The greatest is the newest."""

decode_places = msgspec.json.Decoder(list[RowPlace]).decode


def from_lanes(deployment: Deployment) -> list[Row]:
    """A row for each name of a service, and each repository, that a deployment names."""
    keys = list_lane_keys(deployment)
    if not keys:
        return []
    at, *further, deployment_id = to_place_columns(deployment).values()
    environment = rows.indexable(environment_key(deployment))
    parts = [(environment, part_of(deployment), at, *further, GREATEST)]
    span = span_of(deployment)
    if span is not None and span.until is not None:
        parts.append((environment, Part.RAN, to_microseconds(span.since), *further, to_microseconds(span.until)))
    return [(deployment.organization_id, deployment_id, key, *part) for key in sorted(keys) for part in parts]


def list_lane_keys(deployment: Deployment) -> frozenset[str]:
    """The keys of the lanes of a deployment: of the services and the repositories that it names."""
    services = deployment.facts.services
    names = [rows.from_alias(service_alias(name))[1] for name in services] if services is not UNSET and services else []
    repositories = [rows.to_repository_key(one.repository) for one in deployment.releases]
    return frozenset((*names_to_keys(names), *repositories_to_keys(repositories)))


def names_to_keys(names: Iterable[str]) -> list[str]:
    """The keys of lanes of names of services, as names compare."""
    return [f"name:{name}" for name in names]


def repositories_to_keys(keys: Iterable[str]) -> list[str]:
    """The keys of lanes of repositories, by the keys of those."""
    return [f"repository:{key}" for key in keys]


def services_of_keys(service_ids: Iterable[str], lanes: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The keys of lanes of some services, each with those that it belongs to. ``lanes``: services, each with one of its keys.

    Senders may also call a service by its id.
    """
    services = {key: [one] for one in service_ids for key in names_to_keys([rows.indexable(one)])}
    for service_id, key in lanes:
        of_key = services.setdefault(key, [])
        if service_id not in of_key:
            of_key.append(service_id)
    return services


def list_past_lanes(past: PastServices, services: Iterable[ServiceRecord]) -> Iterator[tuple[str, str]]:
    """Some services of a moment, each with the key of one of its lanes."""
    for one in services:
        names = {one.draft.name.casefold(), one.slug, *(name.casefold() for name in one.names)}
        keys = (*names_to_keys(map(rows.indexable, sorted(names))), *repositories_to_keys(past.repositories[one.service_id]))
        yield from ((one.service_id, key) for key in keys)


@reads("service_lane", "ttt", 0, 1, 2)
def to_lane_key(row: Row) -> tuple[str, str]:
    """A service, and the key of one of its lanes."""
    service_id, kind, called = row
    keys = names_to_keys([rows.indexable(called)]) if kind == "name" else repositories_to_keys([called])
    return service_id, keys[0]


@reads("lane", "ttT", 0, 1)
def to_ran(row: Row) -> tuple[str, str, list[str]]:
    """The key of a lane and of its environment, and the ids of what ran last."""
    return row[0], row[1], rows.decode_strings(row[2] or "[]")


@reads("lane", "ttTTT", 0, 1)
def to_head(row: Row) -> tuple[str, list[str]]:
    """The key of an environment, and the ids of what stands at the head of a lane."""
    ids = [deployment_id for found in row[2:] for deployment_id in rows.decode_strings(found or "[]")]
    return row[1], ids


@reads("lane", "ttTTT", 0, 1)
def to_heads(row: Row) -> tuple[str, str, list[str]]:
    """The key of a lane and of its environment, and the ids of what stands at its head."""
    return row[0], *to_head(row)


@reads("lane", "ttTTT", 0, 1)
def to_standing(row: Row) -> tuple[str, str, tuple[list[RowPlace], list[RowPlace], list[RowPlace]]]:
    """The key of a lane and of its environment, and the places of what ran, what is under way and what ended otherwise."""
    ran, under_way, other = (decode_places(found or "[]") for found in row[2:])
    return row[0], row[1], (ran, under_way, other)


@reads("lane", "ttTTTTTT", 0, 1)
def to_neighbours(row: Row) -> tuple[str, list[str]]:
    """The key of an environment, and the ids of what stands next to a place in a lane."""
    return row[1], [deployment_id for found in row[2:] for deployment_id in rows.decode_strings(found or "[]")]


def to_place_columns(deployment: Deployment) -> dict[str, str | int]:
    """Where a deployment stands in its lane, as rows have it."""
    at, placed_at, sequence, sender_id, deployment_id = place_in_lane(deployment)
    return {
        "at_us": to_microseconds(at),
        "placed_us": to_microseconds(placed_at),
        "sequence": max(min(sequence, GREATEST), -GREATEST),
        "sender_id": rows.indexable(sender_id),
        "deployment_id": deployment_id,
    }
