"""How services relate: one needs another, or consists of it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct


class RelationKind(StrEnum):
    """What a service has to do with another one."""

    DEPENDS_ON = "depends_on"
    CONTAINS = "contains"


class Relation(Struct, frozen=True):
    """One side of a relation: ``service_id`` is what the service that has it depends on, or contains."""

    kind: RelationKind
    service_id: str


class ServiceRelation(Struct, frozen=True):
    """The service ``service_id`` depends on ``other_id``, or contains it. Both exist."""

    service_id: str
    kind: RelationKind
    other_id: str


class RelatedService(Struct, frozen=True):
    """A service that another one has to do with. ``is_own``: the relation belongs to that other one."""

    kind: RelationKind
    is_own: bool
    service_id: str
    slug: str
    name: str


class Related(Struct, frozen=True):
    """The ids of the services that one has to do with, from its own side and from theirs."""

    depends_on: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    needed_by: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()


def relate(service_id: str, relations: Iterable[ServiceRelation]) -> Related:
    """What ``relations`` say of a service."""
    found: dict[str, list[str]] = {name: [] for name in Related.__struct_fields__}
    for one in relations:
        depends = one.kind is RelationKind.DEPENDS_ON
        if one.service_id == service_id:
            found["depends_on" if depends else "contains"].append(one.other_id)
        if one.other_id == service_id:
            found["needed_by" if depends else "part_of"].append(one.service_id)
    return Related(**{name: tuple(ids) for name, ids in found.items()})
