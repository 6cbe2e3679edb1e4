"""``shipledger environment show``, ``alias``, ``unalias`` and ``rename``: environments that have several names."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from shipledger.catalog.environments import (
    EnvironmentChange,
    Environments,
    KnownEnvironment,
    Preview,
    get_known,
)
from shipledger.catalog.retiering import apply_policy, tier_by
from shipledger.cli.completion import complete_environments
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption
from shipledger.cli.output import print_facts, print_json, print_line, print_note, show_progress
from shipledger.cli.tables import print_table
from shipledger.ledger.actor import Actor, ActorKind

NameArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="NAME", help="A name of an environment.", autocompletion=complete_environments)
]
DryRunOption: TypeAlias = Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")]

_ACTOR = Actor(ActorKind.COMMAND, "environment")


def show(
    name: NameArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show an environment with all its names, and what senders call it."""

    async def work(ledger: OpenLedger) -> tuple[KnownEnvironment, dict[str, int]]:
        owner = (await ledger.get_organization(organization)).organization_id
        policy = await ledger.store.find_tier_policy(owner)
        known = get_known(policy, await ledger.store.list_tier_places(owner), name)
        return known, dict(await ledger.store.count_deployments_by_name(owner, known.keys))

    known, counts = with_ledger(database, work)
    if as_json:
        print_json(
            {
                "name": known.name,
                "names": [{"name": one, "deployments": counts.get(one, 0)} for one in known.keys],
                "environments": [
                    {"id": one.environment_id, "name": one.name, "tier": tier_by(known.policy, one)} for one in known.places
                ],
            }
        )
        return
    print_facts([("name", known.name), ("other names", ", ".join(known.keys[1:]) or "none")])
    print_line("")
    rows = [(one, str(counts.get(one, 0))) for one in known.keys]
    print_table(("NAME", "DEPLOYMENTS"), rows, empty="")
    print_line("")
    sent = [(one.name, one.environment_id, tier_by(known.policy, one).value) for one in known.places]
    print_table(("SENT AS", "ID", "TIER"), sent, empty="No deployment uses it yet.")


def alias(
    name: NameArgument,
    environment: Annotated[
        str,
        typer.Argument(
            metavar="ENVIRONMENT", help="The environment that NAME is another name of.", autocompletion=complete_environments
        ),
    ],
    dry_run: DryRunOption = False,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that NAME is another name of ENVIRONMENT, whoever sends it.

    Example: shipledger environment alias prod production
    """
    _change(EnvironmentChange(name, alias_of=environment), organization, database, dry_run=dry_run, as_json=as_json)


def unalias(
    name: NameArgument,
    dry_run: DryRunOption = False,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Undo `alias`: NAME is an environment of its own again."""
    _change(EnvironmentChange(name, alias_of=None), organization, database, dry_run=dry_run, as_json=as_json)


def rename(
    environment: NameArgument,
    name: Annotated[str, typer.Argument(metavar="NEW", help="The name to show from now on.")],
    dry_run: DryRunOption = False,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show an environment by another name. Its names until now stay names of it, and its tier stays."""
    _change(EnvironmentChange(environment, name=name), organization, database, dry_run=dry_run, as_json=as_json)


def _change(change: EnvironmentChange, organization: str, database: str | None, *, dry_run: bool, as_json: bool) -> None:
    async def work(ledger: OpenLedger) -> Preview:
        owner = (await ledger.get_organization(organization)).organization_id
        environments = Environments(ledger.store, ledger)
        preview = await environments.preview(owner, [change])
        if not dry_run:
            await environments.change(owner, [change], by=_ACTOR, expects=preview.revision)
            with show_progress("Applying") as advance:
                await apply_policy(ledger.store, owner, advance=advance)
        return preview

    preview = with_ledger(database, work)
    if as_json:
        print_json(to_json(preview, is_dry_run=dry_run))
        return
    rows = [(one.name, one.was, one.becomes, str(one.deployments)) for one in preview.names]
    print_table(("NAME", "WAS", "IS", "DEPLOYMENTS"), rows, empty="No name changes what it means.")
    moved = f"{preview.deployments} deployments, {preview.lanes} lanes of {preview.services} services"
    if dry_run:
        print_note(f"{moved} would move; {preview.retiered} deployments would change their tier. Nothing was changed.")
    else:
        print_line(f"{moved} moved; {preview.retiered} deployments changed their tier.")


def to_json(preview: Preview, *, is_dry_run: bool) -> dict[str, object]:
    """A preview with the members that Shipledger's own API has."""
    return {
        "names": preview.names,
        "deployments": preview.deployments,
        "lanes": preview.lanes,
        "services": preview.services,
        "retiered_deployments": preview.retiered,
        "is_dry_run": is_dry_run,
    }
