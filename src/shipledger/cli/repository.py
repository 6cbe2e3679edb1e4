"""``shipledger repository``: repositories and their names."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from shipledger.catalog.repositories.model import Repository
from shipledger.catalog.repositories.words import describe
from shipledger.catalog.repository import RepositoryRecord, repository_key
from shipledger.cli.changes import changes_to_json, print_changes
from shipledger.cli.completion import complete_repositories
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_json, print_line, print_note
from shipledger.cli.tables import print_table
from shipledger.errors import NotFound
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.aggregate import RecordEntry

FormerArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="FORMER", help="What it was called before, in any form.", autocompletion=complete_repositories)
]
PresentArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="PRESENT", help="What it is called now.", autocompletion=complete_repositories)
]
NameArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="REPOSITORY", help="Any of its names, in any form.", autocompletion=complete_repositories)
]
DryRunOption: TypeAlias = Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")]


def build() -> typer.Typer:
    """The commands."""
    app = new_app("List repositories, and rename one: its history follows.")
    app.command("list")(list_all)
    app.command("show")(show)
    app.command("rename")(rename)
    app.command("separate")(separate)
    return app


def list_all(
    organization: OrganizationOption = DEFAULT_ORGANIZATION, database: DatabaseOption = None, as_json: JsonOption = False
) -> None:
    """List every repository that deployments name or that is mapped, by name."""

    async def work(ledger: OpenLedger) -> tuple[list[RepositoryRecord], dict[str, str]]:
        owner = await ledger.get_organization(organization)
        slugs = {one.service_id: one.slug for one in await ledger.list_services(owner.organization_id)}
        return await ledger.store.list_repositories(owner.organization_id), slugs

    found, slugs = with_ledger(database, work)
    if as_json:
        print_json({"repositories": [_to_json(one, slugs) for one in found]})
        return
    print_table(
        ("REPOSITORY", "DEPLOYMENTS", "SERVICES", "FORMER NAMES"),
        [
            (one.repository, str(one.deployment_count), ", ".join(_services(one, slugs)), ", ".join(one.former_names))
            for one in found
        ],
        empty="No deployment names a repository yet.",
    )


def show(
    name: NameArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a repository with its names and services, and who changed its names."""

    async def work(ledger: OpenLedger) -> tuple[RepositoryRecord, list[RecordEntry], dict[str, str], dict[str, str]]:
        owner = (await ledger.get_organization(organization)).organization_id
        slugs = {one.service_id: one.slug for one in await ledger.list_services(owner)}
        record = await ledger.repository_names.find(owner, name)
        present = await ledger.repository_names.read(owner, name) if record is None else record.name
        found = await _find(ledger, owner, present)
        if found is None:
            raise NotFound("repository_not_found", f"No deployment and no service names the repository {present!r}.")
        entries = [] if record is None else await ledger.repository_names.list_changes(record)
        return found, entries, slugs, await ledger.name_actors(owner, entries)

    found, entries, slugs, names = with_ledger(database, work)
    described = [(describe(one.submission),) for one in entries]
    if as_json:
        print_json(_to_json(found, slugs) | {"history": changes_to_json(entries, described, names)})
        return
    print_line(found.repository)
    print_line(f"Deployments: {found.deployment_count}")
    print_line(f"Services: {', '.join(_services(found, slugs)) or 'none'}")
    print_line(f"Former names: {', '.join(found.former_names) or 'none'}")
    print_changes(entries, described, names, as_json=False, empty="Nobody has changed its names.")


def rename(
    former: FormerArgument,
    present: PresentArgument,
    dry_run: DryRunOption = False,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make two names one repository. Lists, services and what runs where count both from then on, also for the past."""

    async def work(ledger: OpenLedger) -> tuple[RepositoryRecord | None, Repository | None, bool]:
        owner = (await ledger.get_organization(organization)).organization_id
        moved = await _find(ledger, owner, await ledger.repository_names.read(owner, former))
        if dry_run:
            if moved is None:
                raise NotFound("repository_not_found", f"No deployment and no service names the repository {former!r}.")
            return moved, None, False
        return moved, *await ledger.repository_names.rename(owner, former, present, by=_by("rename"))

    moved, repository, is_new = with_ledger(database, work)
    count = 0 if moved is None else moved.deployment_count
    if as_json:
        names = () if repository is None else repository.former_names
        print_json({"former_names": names, "deployments": count, "is_new": is_new, "is_dry_run": dry_run})
    elif repository is None:
        print_line(f"{count} deployments of {former} would belong to {present}, too.")
        print_note("Dry run: nothing was changed.")
    else:
        print_line(f"{former} {'is called' if is_new else 'is already called'} {repository.name}; it has {count} deployments.")


def separate(
    former: FormerArgument,
    present: PresentArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Undo `rename`: FORMER is another repository than PRESENT."""

    async def work(ledger: OpenLedger) -> Repository:
        owner = (await ledger.get_organization(organization)).organization_id
        return (await ledger.repository_names.separate(owner, former, present, by=_by("separate")))[0]

    repository = with_ledger(database, work)
    if as_json:
        print_json({"repository": repository.name, "former_names": repository.former_names})
        return
    print_line(f"{former} is no longer a name of {repository.name}.")


async def _find(ledger: OpenLedger, organization_id: str, name: str) -> RepositoryRecord | None:
    key = repository_key(name)
    found = await ledger.store.list_repositories(organization_id)
    return next((one for one in found if key in map(repository_key, (one.repository, *one.former_names))), None)


def _services(one: RepositoryRecord, slugs: dict[str, str]) -> list[str]:
    return sorted(slugs.get(service_id, service_id) for service_id in one.service_ids)


def _by(command: str) -> Actor:
    return Actor(ActorKind.COMMAND, f"repository {command}")


def _to_json(one: RepositoryRecord, slugs: dict[str, str]) -> dict[str, object]:
    return {
        "repository": one.repository,
        "former_names": one.former_names,
        "services": _services(one, slugs),
        "deployments": one.deployment_count,
        "last_started_at": one.last_started_at,
    }
