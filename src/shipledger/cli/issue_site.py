"""``shipledger issues connect``, ``disconnect`` and ``sync``: the Jira site that issues are read from."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated

import typer

from shipledger.catalog.issue import IssueSite, read_projects
from shipledger.catalog.organization_settings.declared import ISSUE_SITE, SITE_PROJECTS
from shipledger.catalog.organization_settings.model import WHOLE_ORGANIZATION
from shipledger.cli.completion import complete_projects
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption
from shipledger.cli.output import print_json, print_line, print_note, show_progress
from shipledger.errors import Invalid, NotFound
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.outgoing.calls import Caller
from shipledger.outgoing.client import read_url
from shipledger.outgoing.networks import read_networks
from shipledger.settings import PREFIX
from shipledger.tracker.sync import IssueSync, Synced

TOKEN_VARIABLE = f"{PREFIX}ISSUE_TOKEN"


def connect(
    url: Annotated[str, typer.Argument(metavar="URL", help="URL of the Jira site, such as https://acme.atlassian.net.")],
    account: Annotated[
        str, typer.Option(metavar="EMAIL", help="E-mail address of the token's account. Default: send the token alone.")
    ] = "",
    project: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY",
            help="A project to read. Repeatable. Default: all that the account can see.",
            autocompletion=complete_projects,
        ),
    ] = None,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Connect a Jira site, whose issues are then read regularly. Asks for the API token unless SHIPLEDGER_ISSUE_TOKEN is set."""
    projects = read_projects(project or ())
    site_url = str(read_url(url)).rstrip("/")
    token = os.environ.get(TOKEN_VARIABLE) or typer.prompt("API token", hide_input=True, err=True)
    if not token.strip():
        raise Invalid("token", f"The token is empty. Set {TOKEN_VARIABLE}.")

    async def work(ledger: OpenLedger) -> None:
        owner = (await ledger.get_organization(organization)).organization_id
        seal = await ledger.load_seal()
        site = IssueSite(
            organization_id=owner, url=site_url, account=account, sealed_token=seal.seal(token.strip()), projects=projects
        )
        async with opened_sync(ledger) as issue_sync:
            await issue_sync.check(site)
        await _note(ledger, owner, "connect", url=site_url, projects=projects)
        await ledger.store.save_issue_site(site)

    with_ledger(database, work)
    if as_json:
        print_json({"url": site_url, "projects": projects})
        return
    print_line(f"Connected {site_url}. A server reads its issues in the background. To read them now:")
    print_line("  shipledger issues sync")


def disconnect(
    organization: OrganizationOption = DEFAULT_ORGANIZATION, database: DatabaseOption = None, as_json: JsonOption = False
) -> None:
    """Disconnect the site and delete its token. Issues already read stay."""

    async def work(ledger: OpenLedger) -> bool:
        owner = (await ledger.get_organization(organization)).organization_id
        was_connected = await ledger.store.delete_issue_site(owner)
        return await _note(ledger, owner, "disconnect", url=None, projects=()) or was_connected

    if not with_ledger(database, work):
        raise NotFound("issue_site", "No site is connected.")
    if as_json:
        print_json({"disconnected": True})
        return
    print_line("Disconnected the site and deleted its token.")


async def _note(ledger: OpenLedger, owner: str, word: str, *, url: str | None, projects: Sequence[str]) -> bool:
    """Record what is read from now on, and who decided it; whether it is new. Raises Conflict, Invalid and Unavailable.

    The account and its token are in no entry.
    """
    command = f"issues {word}"
    values = {ISSUE_SITE: url, SITE_PROJECTS: projects or None}
    by = Actor(ActorKind.COMMAND, command)
    return await ledger.organization_settings.change(owner, WHOLE_ORGANIZATION, values, by=by, command=command)


def sync(
    full: Annotated[bool, typer.Option("--full", help="Read all issues, and remove those that the site no longer has.")] = False,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the issues that changed. An interrupted sync resumes where it stopped."""

    async def work(ledger: OpenLedger) -> Synced:
        owner = (await ledger.get_organization(organization)).organization_id
        async with opened_sync(ledger) as issue_sync:
            with show_progress("Reading issues") as advance:
                return await issue_sync.run(owner, is_full=full, advance=lambda read: advance(read, read))

    synced = with_ledger(database, work)
    if as_json:
        print_json({"read": synced.read, "forgotten": synced.forgotten, "full": synced.is_full})
        return
    print_line(f"Read {synced.read} issues{', all there are' if synced.is_full else ' that changed'}.")
    if synced.forgotten:
        print_note(f"Removed {synced.forgotten} issues that the site no longer has.")


@asynccontextmanager
async def opened_sync(ledger: OpenLedger) -> AsyncIterator[IssueSync]:
    """The issue reader with the ledger's settings."""
    caller = Caller(read_networks(ledger.settings.outgoing_networks))
    try:
        seal = await ledger.load_seal()
        yield IssueSync(store=ledger.store, seal=seal, caller=caller, clock=ledger.clock)
    finally:
        await caller.close()
