"""``shipledger demo``."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import platformdirs
import typer

from shipledger.access.people.link import link_path
from shipledger.access.people.membership.model import Member
from shipledger.access.people.person import AccountState, Person
from shipledger.catalog.organization import DEFAULT_SLUG
from shipledger.cli import serve
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import new_app
from shipledger.cli.output import print_line, print_note, show_progress
from shipledger.cli.server_address import base_of
from shipledger.clock import Clock
from shipledger.database_url import sqlite_url
from shipledger.demo.setting_up import OWNER
from shipledger.deployments.listing import DeploymentFilter
from shipledger.errors import NotFound
from shipledger.invocation import find_program
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.protocols.registry import load_settings
from shipledger.settings import Settings
from shipledger.shell_words import command
from shipledger.store.server_lock import server_lock

OUTDATED_AFTER = timedelta(hours=6)


def build() -> typer.Typer:
    """The command."""
    app = new_app("Serve a year of sample data from a separate database.")
    app.command("demo")(demo)
    return app


def demo(
    host: Annotated[str | None, typer.Option(help="Address to listen on. Default: the setting host.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on, 0 for a free one. Default: the setting port.")] = None,
    file: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="File of the sample. Default: demo.db in the user's data directory."),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Regenerate the sample, so that its year ends now.")] = False,
) -> None:
    """Serve a year of sample data, generated on first use. Your own ledger is not touched."""
    from shipledger.demo.loading import make_sample
    from shipledger.demo.sample import list_sample
    from shipledger.observability.logs import configure_logging

    path = (file or Path(platformdirs.user_data_dir("shipledger")) / "demo.db").expanduser().absolute()
    database_url = sqlite_url(path)
    settings = load_settings(host=host, port=port, database_url=database_url)  # before the sample is made, which takes long
    if fresh or not path.exists() or with_ledger(database_url, is_sample_outdated):
        configure_logging(level="warning", output="auto")  # what the server of that year did would hide what is printed here
        print_note("Generating a year of sample data. This takes up to half a minute.")
        with server_lock(database_url), show_progress("Calls of CI jobs") as advance:
            asyncio.run(make_sample(path, settings, list_sample(Clock().now()), advance=advance))
    again = command("demo", options=[("--file", str(path))] if file else [], program=find_program())
    print_note(f"The sample is kept in {path}. To regenerate it, so that its year ends now: {again} --fresh")
    _say_who(settings, database_url)
    print_note("Begin with Home, /matrix and /timeline, then the newest deployment, /incidents and /requests. Ctrl-C stops it.")
    serve.serve(host=host, port=port, database=database_url)


async def is_sample_outdated(ledger: OpenLedger) -> bool:
    """Whether its last hour is long ago, and nobody has signed in, so that nothing is lost when it is made anew."""
    organization_id = (await ledger.get_organization(DEFAULT_SLUG)).organization_id
    owner = await _find_owner(ledger, organization_id)
    if owner is None or owner[0].state is not AccountState.INVITED:
        return False
    newest = await ledger.store.list_deployments(organization_id, DeploymentFilter(limit=1))
    started = [one.started_at for one in newest if one.started_at is not None]
    return any(at < ledger.clock.now() - OUTDATED_AFTER for at in started)


async def _find_owner(ledger: OpenLedger, organization_id: str) -> tuple[Person, Member] | None:
    """The administrator of the sample; None in a database that is no sample."""
    try:
        return await ledger.members.get(organization_id, OWNER)
    except NotFound:
        return None


def _say_who(settings: Settings, database_url: str) -> None:
    """Print how to sign in; nothing of a database that is no sample."""

    async def find_link(ledger: OpenLedger) -> str | None:
        organization_id = (await ledger.get_organization(DEFAULT_SLUG)).organization_id
        owner = await _find_owner(ledger, organization_id)
        if owner is None or owner[0].state is not AccountState.INVITED:
            return None if owner is None else ""
        by = Actor(ActorKind.COMMAND, "demo")
        return await ledger.members.make_password_link(organization_id, *owner, by=by, is_operator=True)

    secret = with_ledger(database_url, find_link)
    if secret is None:
        return
    if secret and settings.port:
        link = f"{base_of(settings).rstrip('/')}{link_path(secret, DEFAULT_SLUG)}"
        print_line(f"Choose a password for {OWNER}, the administrator of the sample: {link}")
        return
    reset = command("user reset", OWNER, options=[("--database", database_url)], program=find_program())
    print_note(f"Sign in as {OWNER}. For a link that sets the password: {reset}")
