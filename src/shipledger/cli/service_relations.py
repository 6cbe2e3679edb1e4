"""``shipledger service relate``: which service depends on which, or contains it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal, TypeAlias

import typer

from shipledger.catalog.service import Service
from shipledger.catalog.services.relation import RelationKind, ServiceRelation
from shipledger.cli.completion import complete_services
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption
from shipledger.cli.output import print_json, print_line
from shipledger.cli.tables import print_table
from shipledger.ledger.actor import Actor, ActorKind

ServiceArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="SERVICE", help="Its id, slug or name.", autocompletion=complete_services)
]
OtherArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="OTHER", help="The other service: its id, slug or name.", autocompletion=complete_services)
]
RelationArgument: TypeAlias = Annotated[
    Literal["depends-on", "contains"], typer.Argument(metavar="RELATION", help="depends-on or contains.")
]

Change: TypeAlias = Callable[..., Awaitable[tuple[ServiceRelation, bool]]]

_RELATE, _UNRELATE = (Actor(ActorKind.COMMAND, f"service {word}") for word in ("relate", "unrelate"))
_KINDS = {"depends-on": RelationKind.DEPENDS_ON, "contains": RelationKind.CONTAINS}
_SAID = {"depends-on": ("depends on", "depend on"), "contains": ("contains", "contain")}


def relate(
    service: ServiceArgument,
    kind: RelationArgument,
    other: OtherArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record that a service depends on another one, or contains it."""
    relation, is_new = with_ledger(
        database, lambda ledger: _change(ledger, ledger.directory.relate_service, organization, (service, kind, other), _RELATE)
    )
    if as_json:
        print_json(_relation_to_json(relation) | {"is_new": is_new})
        return
    print_line(f"{service} {'now' if is_new else 'already'} {_SAID[kind][0]} {other}.")


def unrelate(
    service: ServiceArgument,
    kind: RelationArgument,
    other: OtherArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Undo relate."""
    relation, was_related = with_ledger(
        database,
        lambda ledger: _change(ledger, ledger.directory.unrelate_service, organization, (service, kind, other), _UNRELATE),
    )
    if as_json:
        print_json(_relation_to_json(relation) | {"was_related": was_related})
        return
    print_line(f"{service} {'no longer ' + _SAID[kind][0] if was_related else 'did not ' + _SAID[kind][1]} {other}.")


def list_relations(
    organization: OrganizationOption = DEFAULT_ORGANIZATION, database: DatabaseOption = None, as_json: JsonOption = False
) -> None:
    """List which service depends on which, or contains it."""

    async def work(ledger: OpenLedger) -> tuple[list[Service], list[ServiceRelation]]:
        owner = await ledger.get_organization(organization)
        services = await ledger.list_services(owner.organization_id)
        return services, await ledger.store.list_service_relations(owner.organization_id)

    services, relations = with_ledger(database, work)
    slugs = {service.service_id: service.slug for service in services}
    rows = [(slugs.get(one.service_id, one.service_id), one.kind, slugs.get(one.other_id, one.other_id)) for one in relations]
    if as_json:
        print_json({"relations": [{"service": service, "relation": kind, "other": other} for service, kind, other in rows]})
        return
    print_table(
        ("SERVICE", "RELATION", "OTHER SERVICE"),
        [(service, kind.replace("_", " "), other) for service, kind, other in rows],
        empty="No relations yet. Record one: shipledger service relate SERVICE depends-on OTHER",
    )


async def _change(
    ledger: OpenLedger, change: Change, organization: str, said: tuple[str, str, str], by: Actor
) -> tuple[ServiceRelation, bool]:
    service, kind, other = said
    owner = await ledger.get_organization(organization)
    return await change(owner.organization_id, service, _KINDS[kind], other, by=by)


def _relation_to_json(relation: ServiceRelation) -> dict[str, object]:
    return {"service_id": relation.service_id, "relation": relation.kind, "other_id": relation.other_id}
