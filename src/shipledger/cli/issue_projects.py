"""``shipledger issues projects``: the projects whose issues deployments name."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from shipledger.cli.completion import complete_projects
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption
from shipledger.cli.output import print_json, print_note
from shipledger.cli.tables import print_table
from shipledger.protocols.native.projects import ProjectOut, to_project
from shipledger.verbs.projects import ProjectPage, list_projects
from shipledger.verbs.real_keys import to_key_words


def projects(
    after: Annotated[
        str, typer.Option(metavar="PROJECT", help="Continue after this project.", autocompletion=complete_projects)
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many to list.")] = 100,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the projects whose issues deployments name, each with its newest deployment."""

    async def work(ledger: OpenLedger) -> ProjectPage:
        owner = (await ledger.get_organization(organization)).organization_id
        words = to_key_words(ledger.settings.jira_denied_projects, ledger.settings.jira_allowed_projects)
        return await list_projects(ledger.store, owner, words, after=after.strip().upper(), limit=limit)

    found = with_ledger(database, work)
    rows = list(map(to_project, found.projects))
    if as_json:
        print_json({"projects": msgspec.to_builtins(rows), "next_after": found.end or None})
        return
    print_table(
        ("PROJECT", "STARTED", "STATE", "NEWEST DEPLOYMENT"), list(map(_to_row, rows)), empty="No deployment names an issue."
    )
    if found.end:
        print_note(f"There are more: --after {found.end}")


def _to_row(one: ProjectOut) -> tuple[str, ...]:
    return one.project, one.latest_started_at or "-", one.latest_state or "-", one.latest_title or "-"
