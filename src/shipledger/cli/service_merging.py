"""``shipledger service merge`` and ``split``: two services become one, and two again."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer
from msgspec import structs

from shipledger.catalog.organization_settings.forms import to_words
from shipledger.catalog.service import Service
from shipledger.catalog.service_merging import Merged
from shipledger.cli.completion import complete_service_names, complete_services
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption
from shipledger.cli.output import print_json, print_line, print_note
from shipledger.ledger.actor import Actor, ActorKind

_MERGE, _SPLIT = (Actor(ActorKind.COMMAND, f"service {word}") for word in ("merge", "split"))

FromArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="FROM", help="The service that ends: its id, slug or name.", autocompletion=complete_services)
]
IntoArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="INTO", help="The service that both become.", autocompletion=complete_services)
]
DryRunOption: TypeAlias = Annotated[bool, typer.Option("--dry-run", help="Only show what would move.")]


def merge(
    source: FromArgument,
    into: IntoArgument,
    dry_run: DryRunOption = False,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Merge a service into another one.

    Its names, repositories and relations move, so all deployments of both are the other's. Its own settings no longer apply.
    """

    async def work(ledger: OpenLedger) -> tuple[Merged, Service | None]:
        owner = (await ledger.get_organization(organization)).organization_id
        moved = await ledger.merging.preview(owner, source, into)
        return moved, None if dry_run else await ledger.merging.merge(owner, source, into, by=_MERGE)

    moved, service = with_ledger(database, work)
    if as_json:
        service_id = None if service is None else service.service_id
        print_json({"service_id": service_id, **structs.asdict(moved), "is_dry_run": service is None})
        return
    print_line(f"Names: {', '.join(moved.names)}")
    print_line(f"Repositories: {', '.join(moved.repositories) or 'none'}")
    print_line(f"Relations: {', '.join(f'{one.service} {one.relation.value} {one.other}' for one in moved.relations) or 'none'}")
    if moved.settings:
        lost = ", ".join(f"{key} = {to_words(value)}" for key, value in moved.settings.items())
        print_line(f"Settings that no longer apply: {lost}. They come back when the services are split.")
    if service is None:
        print_note("Dry run: nothing was changed.")
    else:
        print_line(f"These belong to the service {service.name} now.")


def split(
    service: IntoArgument,
    former: Annotated[
        str,
        typer.Argument(
            metavar="FORMER", help="What the merged service was called, or its id.", autocompletion=complete_service_names
        ),
    ],
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Undo merge: what moved becomes a service of its own again, with a new id."""

    async def work(ledger: OpenLedger) -> Service:
        owner = (await ledger.get_organization(organization)).organization_id
        return await ledger.merging.split(owner, service, former, by=_SPLIT)

    found = with_ledger(database, work)
    if as_json:
        print_json({"service_id": found.service_id, "slug": found.slug, "name": found.name})
        return
    print_line(f"The service {found.name} has the slug {found.slug} and the id {found.service_id}.")
