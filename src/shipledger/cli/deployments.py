"""``shipledger deployments``: list deployments, show one, and merge those that are one."""

from __future__ import annotations

from typing import Annotated

import typer
from msgspec.structs import replace

from shipledger.cli.completion import (
    complete_deployments,
    complete_environments,
    complete_people,
    complete_repositories,
    complete_services,
    complete_teams,
)
from shipledger.cli.deployment_changes import changes
from shipledger.cli.deployment_corrections import correct, corrections, undo
from shipledger.cli.deployment_facts import Known, to_facts, to_json
from shipledger.cli.deployment_merging import duplicates, merge, split, split_runs
from shipledger.cli.display_names import DisplayNames, load_display_names
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.moments import Period, SinceOption, UntilOption, to_period
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_facts, print_json, print_line, refuse_damaged, to_text
from shipledger.cli.paging import print_next
from shipledger.cli.request_table import print_requests
from shipledger.cli.tables import print_table
from shipledger.clock import to_microseconds
from shipledger.deployments.listing import DeploymentFilter
from shipledger.deployments.lookups import NEVER_STARTED_US
from shipledger.errors import NotFound
from shipledger.found import Found
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.state import State, Tier
from shipledger.ledger.submission import Target
from shipledger.ledger.titles import title_of
from shipledger.protocols.registry import SUGGESTED_KIND
from shipledger.store.rows import to_environment_key
from shipledger.verbs.newest import list_newest
from shipledger.verbs.person_names import find_person_names

_NONE_AT_ALL = f"No deployments yet. Create a key for a CI job: shipledger credential create {SUGGESTED_KIND} --name ci"
_NONE_FITS = "No matching deployments. Omit an option, or look further back with --since."
_HELP = """List deployments, show one with its history, correct it, and merge records that tell of the same one.

Examples:

\b
    shipledger deployments list --environment production --since 2h
    shipledger deployments list --service checkout --state failed --since 2026-03-01 --until 2026-03-31
    shipledger deployments show 019cb3b1-0d3c-7d3e-9f6a-5d2c1b7a9e10
    shipledger deployments changes 019cb3b1-0d3c-7d3e-9f6a-5d2c1b7a9e10
    shipledger deployments correct 019cb3b1-0d3c-7d3e-9f6a-5d2c1b7a9e10 --finished-at 2026-03-04T10:09:00Z --reason "Runner's log"
    shipledger deployments duplicates --within 120
    shipledger deployments merge 019cb3b1-0d3c-7d3e-9f6a-5d2c1b7a9e10 019cb3b2-51aa-7c11-8d1e-0c9a4e1f2b33 --dry-run
"""


def build() -> typer.Typer:
    """The commands."""
    app = new_app(_HELP)
    app.command("list")(list_page)
    app.command("show")(show)
    app.command("changes")(changes)
    app.command("correct")(correct)
    app.command("undo")(undo)
    app.command("corrections")(corrections)
    app.command("merge")(merge)
    app.command("split")(split)
    app.command("split-runs")(split_runs)
    app.command("duplicates")(duplicates)
    return app


def list_page(
    ctx: typer.Context,
    service: Annotated[
        str, typer.Option(metavar="SERVICE", help="Only this service: its id, slug or name.", autocompletion=complete_services)
    ] = "",
    environment: Annotated[
        str,
        typer.Option(metavar="ENVIRONMENT", help="Only this environment: its id or name.", autocompletion=complete_environments),
    ] = "",
    tier: Annotated[Tier | None, typer.Option(help="Only environments of this tier.")] = None,
    state: Annotated[State | None, typer.Option(help="Only this state.")] = None,
    repository: Annotated[
        str,
        typer.Option(
            metavar="REPOSITORY",
            help="Only commits of this repository, by the name in `service mappings` and on the pages.",
            autocompletion=complete_repositories,
        ),
    ] = "",
    team: Annotated[str, typer.Option(metavar="TEAM", help="Only services of this team.", autocompletion=complete_teams)] = "",
    by: Annotated[
        str,
        typer.Option(
            metavar="PERSON",
            help="Only by this person: what senders call them, a name, an e-mail address or an id.",
            autocompletion=complete_people,
        ),
    ] = "",
    find: Annotated[str, typer.Option(metavar="TEXT", help="Only with this text in title, external id or description.")] = "",
    since: SinceOption = None,
    until: UntilOption = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many to list.")] = 50,
    before: Annotated[
        str,
        typer.Option(metavar="ID", help="Continue after the deployment with this id.", autocompletion=complete_deployments),
    ] = "",
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List deployments, latest start first."""

    async def work(ledger: OpenLedger) -> tuple[Found[Deployment], DisplayNames, Period, bool]:
        owner = (await ledger.get_organization(organization)).organization_id
        period = to_period(since, until, now=ledger.clock.now())
        wanted = DeploymentFilter(
            text=find,
            person=by,
            team=team,
            state=state or "",
            tier=tier or "",
            repository=ledger.repository_names.at_its_host(repository),
            service_id=(await ledger.get_service(owner, service)).service_id if service else "",
            started_from=period.since,
            started_until=period.until,
            before=await _find_place(ledger, owner, before) if before else None,
            limit=limit + 1,
        )
        found = await _list_in(ledger, owner, wanted, environment)
        is_empty = not found.total and await ledger.store.count_deployments(owner) == 0
        return found, await load_display_names(ledger, owner), period, is_empty

    found, names, period, is_empty = with_ledger(database, work)
    shown = found[:limit]
    last = shown[-1].deployment_id if found.total > limit and shown else None
    if as_json:
        print_json({"deployments": [to_json(one, names) for one in shown], "next_before": last})
        refuse_damaged(found.damaged)
        return
    print_table(
        ("ID", "STARTED", "STATE", "ENVIRONMENT", "SERVICE", "BY", "TITLE"),
        [_to_row(one, names) for one in shown],
        empty=_NONE_AT_ALL if is_empty else _NONE_FITS,
    )
    if last:
        print_next(ctx, period=period, before=last)
    refuse_damaged(found.damaged)


def show(
    deployment: Annotated[str, typer.Argument(metavar="ID", help="The deployment's id.", autocompletion=complete_deployments)],
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one deployment, and every request about it."""

    async def work(ledger: OpenLedger) -> Known:
        owner = (await ledger.get_organization(organization)).organization_id
        found = await _get(ledger, owner, deployment)
        requests = await ledger.store.list_verdicts(owner, found.deployment_id)
        return Known(
            deployment=found,
            names=await load_display_names(ledger, owner),
            requests=requests,
            people=await find_person_names(ledger.store, [one.asker for one in requests]),
        )

    known = with_ledger(database, work)
    if as_json:
        print_json({**to_json(known.deployment, known.names), "requests": known.requests_to_json()})
        return
    print_facts(to_facts(known.deployment, known.names))
    print_line("")
    print_requests(known.requests, known.people)


async def _list_in(ledger: OpenLedger, owner: str, wanted: DeploymentFilter, environment: str) -> Found[Deployment]:
    """A page of an environment by its id or any of its names."""
    if not environment:
        return await list_newest(ledger.store, owner, wanted, ledger.clock.now())
    known = await ledger.store.list_environments(owner)
    names = (await ledger.store.find_tier_policy(owner)).names
    wanted_id, wanted_key = to_environment_key(environment), names.key_of(environment)
    if not any(wanted_id == place or wanted_key == names.key_of(called) for place, called, _ in known):
        raise NotFound("environment", f"No deployment uses the environment {environment!r}; see `shipledger environment list`.")
    return await list_newest(ledger.store, owner, replace(wanted, environment=environment), ledger.clock.now())


async def _find_place(ledger: OpenLedger, owner: str, deployment_id: str) -> tuple[int, str]:
    return _place_of(await _get(ledger, owner, deployment_id))


async def _get(ledger: OpenLedger, owner: str, deployment_id: str) -> Deployment:
    found = await ledger.store.find_deployment(owner, Target(key=deployment_id.strip("{}").lower()))
    if found is None:
        raise NotFound("deployment", f"There is no deployment {deployment_id!r}; see `shipledger deployments list`.")
    return found


def _place_of(deployment: Deployment) -> tuple[int, str]:
    started_us = NEVER_STARTED_US if deployment.started_at is None else to_microseconds(deployment.started_at)
    return started_us, deployment.deployment_id


def _to_row(deployment: Deployment, names: DisplayNames) -> tuple[str, ...]:
    environment, who = deployment.environment, names.people.find(deployment)
    return (
        deployment.deployment_id,
        to_text(deployment.started_at),
        deployment.shown_state.value,
        (names.environments.call(environment.name) or environment.id) if environment else "-",
        ", ".join(names.of(deployment)) or "-",
        "-" if who is None else who.name,
        title_of(deployment),
    )
