"""``shipledger user known-as``: say what senders call a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from shipledger.cli.completion import complete_people
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption
from shipledger.cli.output import print_json, print_line
from shipledger.ledger.actor import Actor, ActorKind


def known_as(
    email: Annotated[
        str, typer.Argument(metavar="EMAIL", help="The e-mail address of the person.", autocompletion=complete_people)
    ],
    login: Annotated[
        list[str] | None,
        typer.Argument(metavar="LOGIN", help="What senders call the person: a login, an id of a tool, another address."),
    ] = None,
    drops: Annotated[
        list[str] | None, typer.Option("--not", metavar="LOGIN", help="What no longer means the person. Repeatable.")
    ] = None,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what senders call a person, for past deployments as well. Without LOGIN and --not: list it."""

    async def work(ledger: OpenLedger) -> tuple[Sequence[str], bool]:
        owner = (await ledger.get_organization(organization)).organization_id
        _, member = await ledger.members.get(owner, email)
        if not login and not drops:
            return member.logins, False
        by = Actor(ActorKind.COMMAND, "user known-as")
        is_changed = await ledger.members.know_as(owner, member, adds=login or (), drops=drops or (), by=by)
        _, member = await ledger.members.get(owner, email)
        return member.logins, is_changed

    logins, is_changed = with_ledger(database, work)
    if as_json:
        print_json({"logins": logins, "is_changed": is_changed})
        return
    print_line(f"{email} is known to senders as {', '.join(logins)}." if logins else f"{email} has no login besides the address.")
