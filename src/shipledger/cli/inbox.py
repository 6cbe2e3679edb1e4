"""``shipledger inbox``: what is not mapped yet, and what is to be left so."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from shipledger.catalog.ignoring.model import ItemKind
from shipledger.catalog.inbox import Inbox, InboxDesk
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_json, print_line, print_note, to_text
from shipledger.cli.tables import print_table
from shipledger.ledger.actor import Actor, ActorKind

KindArgument: TypeAlias = Annotated[ItemKind, typer.Argument(metavar="KIND", help="environment or repository.")]
NameArgument: TypeAlias = Annotated[str, typer.Argument(metavar="OPEN_NAME", help="The name, as the list has it.")]

_ACTOR = Actor(ActorKind.COMMAND, "inbox")
_HELP = """Show what came with deployments and means nothing here yet: environments that no rule for tiers knows, and repositories
without a service.

`environment set`, `environment alias`, `environment rules add` and `service map-repository` map it, also for the past.
"""


def build() -> typer.Typer:
    """The commands."""
    app = new_app(_HELP)
    app.command("list")(list_open)
    app.command("ignore")(ignore)
    app.command("restore")(restore)
    return app


def list_open(
    ignored: Annotated[bool, typer.Option("--ignored", help="List what is ignored instead.")] = False,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what is open, those with most deployments first."""

    async def work(ledger: OpenLedger) -> Inbox:
        owner = await ledger.get_organization(organization)
        return await InboxDesk(ledger.store, ledger).list_open(owner.organization_id)

    inbox = with_ledger(database, work)
    if as_json:
        print_json(to_json(inbox))
        return
    if ignored:
        print_table(("KIND", "NAME"), [(one.kind.value, one.name) for one in inbox.ignored], empty="Nothing is ignored.")
        return
    rows = [
        *(("environment", one.name, f"{one.deployments:,}", to_text(one.last_started_at)) for one in inbox.environments),
        *(
            ("repository", one.repository, f"{one.deployment_count:,}", to_text(one.last_started_at))
            for one in inbox.repositories
        ),
    ]
    print_table(("KIND", "NAME", "DEPLOYMENTS", "LAST STARTED"), rows, empty="Nothing is open.")
    if inbox.ignored:
        print_note(f"{len(inbox.ignored):,} more ignored; --ignored lists them.")


def ignore(
    kind: KindArgument,
    name: NameArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Leave a name out of the inbox, now and later. It stays unmapped, and can be mapped at any time."""
    _change(kind, name, organization, database, is_ignored=True, as_json=as_json)


def restore(
    kind: KindArgument,
    name: NameArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Undo `ignore`."""
    _change(kind, name, organization, database, is_ignored=False, as_json=as_json)


def to_json(inbox: Inbox) -> dict[str, object]:
    """An inbox as JSON has it."""
    return {
        "open": inbox.count,
        "environments": [
            {
                "name": one.name,
                "names": list(one.names),
                "deployments": one.deployments,
                "last_started_at": one.last_started_at,
                "sample_deployment_id": one.sample_id,
            }
            for one in inbox.environments
        ],
        "repositories": [
            {"repository": one.repository, "deployments": one.deployment_count, "last_started_at": one.last_started_at}
            for one in inbox.repositories
        ],
        "ignored": [{"kind": one.kind.value, "name": one.name} for one in inbox.ignored],
    }


def _change(kind: ItemKind, name: str, organization: str, database: str | None, *, is_ignored: bool, as_json: bool) -> None:
    async def work(ledger: OpenLedger) -> bool:
        owner = await ledger.get_organization(organization)
        desk = InboxDesk(ledger.store, ledger)
        change = desk.ignore if is_ignored else desk.list_again
        return await change(owner.organization_id, kind, name, by=_ACTOR)

    is_new = with_ledger(database, work)
    if as_json:
        print_json({"kind": kind.value, "name": name, "ignored": is_ignored, "changed": is_new})
    elif is_ignored:
        print_line(f"The {kind} {name} is {'now ' if is_new else 'already '}ignored.")
    else:
        print_line(f"The {kind} {name} is listed again.")
