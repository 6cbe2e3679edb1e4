"""``shipledger service``: services and their repositories."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from shipledger.catalog.contract import RepositoryMapping, ServiceName
from shipledger.catalog.service import Service, ServiceDraft
from shipledger.cli.completion import complete_repositories, complete_service_names
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_json, print_line
from shipledger.cli.service_history import history
from shipledger.cli.service_merging import merge, split
from shipledger.cli.service_relations import ServiceArgument, list_relations, relate, unrelate
from shipledger.cli.tables import print_table
from shipledger.ledger.actor import Actor, ActorKind

NameArgument: TypeAlias = Annotated[
    str,
    typer.Argument(metavar="NAME", help="What senders call it. Case does not matter.", autocompletion=complete_service_names),
]
RepositoryArgument: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="REPOSITORY",
        help="A clone URL, host/owner/name, or workspace/slug on bitbucket.org.",
        autocompletion=complete_repositories,
    ),
]


def build() -> typer.Typer:
    """The commands."""
    app = new_app("Create services and map repositories to them.")
    app.command("create")(create)
    app.command("list")(list_all)
    app.command("map-repository")(map_repository)
    app.command("unmap-repository")(unmap_repository)
    app.command("mappings")(list_mappings)
    app.command("add-name")(add_name)
    app.command("remove-name")(remove_name)
    app.command("merge")(merge)
    app.command("split")(split)
    app.command("relate")(relate)
    app.command("unrelate")(unrelate)
    app.command("relations")(list_relations)
    app.command("history")(history)
    return app


def create(
    name: Annotated[str, typer.Argument(help="Its name, unique within the organization.")],
    description: Annotated[str, typer.Option(help="Description.")] = "",
    team: Annotated[str, typer.Option(help="The team that owns it.")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="A tag. Repeatable.")] = None,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a service."""

    async def work(ledger: OpenLedger) -> Service:
        owner = await ledger.get_organization(organization)
        draft = ServiceDraft(name=name, description=description, team_id=team, tags=tuple(tag or ()))
        return await ledger.directory.create_service(owner.organization_id, draft, by=_by("create"))

    service = with_ledger(database, work, creates=True)
    if as_json:
        print_json(_to_json(service) | {"names": []})
        return
    print_line(f"Created the service {service.name} with the slug {service.slug} and the id {service.service_id}.")


def list_all(
    organization: OrganizationOption = DEFAULT_ORGANIZATION, database: DatabaseOption = None, as_json: JsonOption = False
) -> None:
    """List all services of an organization by name."""

    async def work(ledger: OpenLedger) -> tuple[list[Service], list[ServiceName]]:
        owner = await ledger.get_organization(organization)
        services = await ledger.list_services(owner.organization_id)
        return services, await ledger.store.list_service_names(owner.organization_id)

    services, further = with_ledger(database, work)
    names: dict[str, list[str]] = {}
    for one in further:
        names.setdefault(one.service_id, []).append(one.name)
    if as_json:
        print_json({"services": [_to_json(service) | {"names": names.get(service.service_id, [])} for service in services]})
        return
    rows = [
        (service.slug, service.name, service.service_id, ", ".join(names.get(service.service_id, ())), service.draft.description)
        for service in services
    ]
    print_table(
        ("SLUG", "NAME", "ID", "ALSO CALLED", "DESCRIPTION"),
        rows,
        empty="No services yet. Create one: shipledger service create NAME",
    )


def map_repository(
    service: ServiceArgument,
    repository: RepositoryArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Map a repository to a service. Earlier deployments count too."""

    async def work(ledger: OpenLedger) -> tuple[RepositoryMapping, bool]:
        owner = await ledger.get_organization(organization)
        return await ledger.directory.map_repository(owner.organization_id, service, repository, by=_by("map-repository"))

    mapping, is_new = with_ledger(database, work)
    if as_json:
        print_json({"service_id": mapping.service_id, "repository": mapping.repository, "is_new": is_new})
        return
    sentence = "now belongs to" if is_new else "already belongs to"
    print_line(f"{mapping.repository} {sentence} the service {service}.")


def unmap_repository(
    service: ServiceArgument,
    repository: RepositoryArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Undo map-repository. No deployments are deleted."""

    async def work(ledger: OpenLedger) -> tuple[RepositoryMapping, bool]:
        owner = await ledger.get_organization(organization)
        return await ledger.directory.unmap_repository(owner.organization_id, service, repository, by=_by("unmap-repository"))

    mapping, was_mapped = with_ledger(database, work)
    if as_json:
        print_json({"service_id": mapping.service_id, "repository": mapping.repository, "was_mapped": was_mapped})
        return
    sentence = "no longer belongs to" if was_mapped else "did not belong to"
    print_line(f"{mapping.repository} {sentence} the service {service}.")


def list_mappings(
    organization: OrganizationOption = DEFAULT_ORGANIZATION, database: DatabaseOption = None, as_json: JsonOption = False
) -> None:
    """List every service with its repositories."""

    async def work(ledger: OpenLedger) -> tuple[list[Service], list[RepositoryMapping]]:
        owner = await ledger.get_organization(organization)
        services = await ledger.list_services(owner.organization_id)
        return services, await ledger.store.list_mappings(owner.organization_id)

    services, mappings = with_ledger(database, work)
    slugs = {service.service_id: service.slug for service in services}
    rows = [(slugs.get(one.service_id, one.service_id), one.repository, one.former_name) for one in mappings]
    if as_json:
        told = [
            {"service": service, "repository": repository, "former_name": former or None} for service, repository, former in rows
        ]
        print_json({"mappings": told})
        return
    print_table(
        ("SERVICE", "REPOSITORY", "BY ITS FORMER NAME"),
        rows,
        empty="No repository is mapped yet. Map one: shipledger service map-repository SERVICE REPOSITORY",
    )


def add_name(
    service: ServiceArgument,
    name: NameArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a name that senders use for a service, such as its id in another tool. Earlier deployments count too."""

    async def work(ledger: OpenLedger) -> tuple[ServiceName, bool]:
        owner = await ledger.get_organization(organization)
        return await ledger.directory.add_service_name(owner.organization_id, service, name, by=_by("add-name"))

    further, is_new = with_ledger(database, work)
    if as_json:
        print_json({"service_id": further.service_id, "name": further.name, "is_new": is_new})
        return
    print_line(f"{further.name} {'now refers to' if is_new else 'already refers to'} the service {service}.")


def remove_name(
    service: ServiceArgument,
    name: NameArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Undo add-name."""

    async def work(ledger: OpenLedger) -> tuple[ServiceName, bool]:
        owner = await ledger.get_organization(organization)
        return await ledger.directory.remove_service_name(owner.organization_id, service, name, by=_by("remove-name"))

    further, was_known = with_ledger(database, work)
    if as_json:
        print_json({"service_id": further.service_id, "name": further.name, "was_known": was_known})
        return
    print_line(f"{further.name} {'no longer refers to' if was_known else 'did not refer to'} the service {service}.")


def _by(command: str) -> Actor:
    return Actor(ActorKind.COMMAND, f"service {command}")


def _to_json(service: Service) -> dict[str, object]:
    return {
        "id": service.service_id,
        "slug": service.slug,
        "name": service.name,
        "description": service.draft.description,
        "team": service.draft.team_id or None,
        "tags": service.draft.tags,
        "created_at": service.created_at,
    }
