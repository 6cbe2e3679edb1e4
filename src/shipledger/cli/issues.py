"""``shipledger issues``: which issues and services deployments may reference."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shipledger.catalog.issue import AssociationRules, Issue, IssueMode, IssueSite, read_projects
from shipledger.catalog.organization_settings.declared import ANY, ISSUE_MODE, ISSUE_PROJECTS, KNOWN_SERVICES, REGISTERED
from shipledger.catalog.organization_settings.model import WHOLE_ORGANIZATION
from shipledger.cli.completion import complete_issues, complete_projects, complete_words
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_json, print_line, show_progress, to_text
from shipledger.cli.paging import print_next
from shipledger.cli.tables import print_table
from shipledger.errors import Invalid
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.shell_words import command
from shipledger.store.installation.unfinished_contract import IMPORT, Unfinished
from shipledger.tracker.issue_file import read_issue_file

SAVED_AT_ONCE = 1_000


class State:
    """The rules of an organization and the contents of its issue directory."""

    def __init__(self, rules: AssociationRules, count: int, site: IssueSite | None) -> None:
        self.rules = rules
        self.count = count
        self.site = site


def build() -> typer.Typer:
    """The commands."""
    from shipledger.cli.issue_projects import projects
    from shipledger.cli.issue_site import connect, disconnect, sync
    from shipledger.cli.issue_where import where

    app = new_app("Control which issues and services deployments may reference, and where issues are read from.")
    app.command("status")(status)
    app.command("mode")(set_mode)
    app.command("services")(set_services)
    app.command("import")(import_file)
    app.command("list")(list_page)
    app.command("where")(where)
    app.command("projects")(projects)
    app.command("connect")(connect)
    app.command("disconnect")(disconnect)
    app.command("sync")(sync)
    return app


def status(
    organization: OrganizationOption = DEFAULT_ORGANIZATION, database: DatabaseOption = None, as_json: JsonOption = False
) -> None:
    """Show which issues are known, by which rule, and the state of issue syncing."""

    async def work(ledger: OpenLedger) -> State:
        owner = (await ledger.get_organization(organization)).organization_id
        return State(
            await ledger.store.find_association_rules(owner),
            await ledger.store.count_issues(owner),
            await ledger.store.find_issue_site(owner),
        )

    state = with_ledger(database, work)
    if as_json:
        print_json(_rules_to_json(state.rules) | {"issues": state.count, "site": _site_to_json(state.site)})
        return
    for name, text in _to_facts(state):
        print_line(f"{name:<10} {text}")


def set_mode(
    mode: Annotated[IssueMode, typer.Argument(help="Which issues count as known.")],
    project: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY",
            help="A project whose issues are known. Repeatable. For the mode projects.",
            autocompletion=complete_projects,
        ),
    ] = None,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set which issues are known: every well-formed key, those of some projects, or those in the directory."""
    projects = read_projects(project or ())
    if (mode is IssueMode.PROJECTS) != bool(projects):
        raise Invalid("project", "The mode projects needs at least one --project; the other modes take none.")

    async def work(ledger: OpenLedger) -> State:
        owner = (await ledger.get_organization(organization)).organization_id
        values = {ISSUE_MODE: mode.value, ISSUE_PROJECTS: projects or None}
        await ledger.organization_settings.change(owner, WHOLE_ORGANIZATION, values, by=_by("mode"))
        return State(await ledger.store.find_association_rules(owner), await ledger.store.count_issues(owner), None)

    state = with_ledger(database, work)
    if as_json:
        print_json(_rules_to_json(state.rules))
        return
    print_line(f"Known from now on: {_describe_mode(state.rules)}.")
    if mode is IssueMode.SYNCED and not state.count:
        print_line(
            "The directory is empty, so no issue is known yet. "
            "To fill it: shipledger issues connect URL, or shipledger issues import FILE"
        )


def set_services(
    known: Annotated[
        str,
        typer.Argument(
            metavar="KNOWN",
            help="any, or registered: only services in the catalog.",
            autocompletion=complete_words("any", "registered"),
        ),
    ],
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set which services are known: any, or only registered ones, by id, slug or any of their names."""
    if known not in {ANY, REGISTERED}:
        raise Invalid("services", "Choose any or registered.")

    async def work(ledger: OpenLedger) -> AssociationRules:
        owner = (await ledger.get_organization(organization)).organization_id
        values = {KNOWN_SERVICES: known}
        await ledger.organization_settings.change(owner, WHOLE_ORGANIZATION, values, by=_by("services"))
        return await ledger.store.find_association_rules(owner)

    rules = with_ledger(database, work)
    if as_json:
        print_json(_rules_to_json(rules))
        return
    print_line(f"Known from now on: {known} services.")


def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file with a header row that has Issue key or key.")],
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add issues from a CSV file to the directory. Existing ones are replaced."""
    issues = read_issue_file(file)

    async def work(ledger: OpenLedger) -> None:
        owner = (await ledger.get_organization(organization)).organization_id
        mark = Unfinished(
            name=f"{IMPORT} {owner}",
            remedy="An import of issues was interrupted, so a part of its file is missing. To add it, run the import again: "
            + command("issues import FILE", organization=organization),
            is_barred=False,
            began_at=ledger.clock.now(),
        )
        await ledger.store.note_unfinished(mark)
        with show_progress("Importing") as advance:
            for first in range(0, len(issues), SAVED_AT_ONCE):
                some = issues[first : first + SAVED_AT_ONCE]
                await ledger.store.save_issues(owner, some, seen_at=ledger.clock.now())
                advance(first + len(some), len(issues))
        await ledger.store.forget_unfinished(mark.name)

    with_ledger(database, work)
    if as_json:
        print_json({"imported": len(issues)})
        return
    print_line(f"Imported {len(issues)} issues.")


def list_page(
    ctx: typer.Context,
    project: Annotated[
        str, typer.Option(metavar="KEY", help="Only issues of this project.", autocompletion=complete_projects)
    ] = "",
    after: Annotated[
        str, typer.Option(metavar="KEY", help="Continue after the issue with this key.", autocompletion=complete_issues)
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many to list.")] = 100,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the issues of the directory by key."""

    async def work(ledger: OpenLedger) -> list[Issue]:
        owner = (await ledger.get_organization(organization)).organization_id
        return await ledger.store.list_issues(owner, project=project.upper(), after=after.upper(), limit=limit + 1)

    found = with_ledger(database, work)
    issues = found[:limit]
    last = issues[-1].key if len(found) > limit else None
    if as_json:
        print_json({"issues": [_issue_to_json(issue) for issue in issues], "next_after": last})
        return
    print_table(
        ("KEY", "TYPE", "STATUS", "SUMMARY"),
        [(issue.key, issue.kind, issue.status, issue.summary) for issue in issues],
        empty="No issues found in the directory.",
    )
    if last:
        print_next(ctx, after=last)


def _by(command: str) -> Actor:
    return Actor(ActorKind.COMMAND, f"issues {command}")


def _issue_to_json(issue: Issue) -> dict[str, str]:
    return {"key": issue.key, "id": issue.issue_id, "summary": issue.summary, "type": issue.kind, "status": issue.status}


def _rules_to_json(rules: AssociationRules) -> dict[str, object]:
    return {
        "mode": rules.mode,
        "projects": rules.projects,
        "services": "registered" if rules.only_registered_services else "any",
    }


def _site_to_json(site: IssueSite | None) -> dict[str, object] | None:
    if site is None:
        return None
    return {
        "url": site.url,
        "account": site.account,
        "projects": site.projects,
        "synced_at": site.synced_at,
        "full_at": site.full_at,
        "failure": site.failure,
    }


def _describe_mode(rules: AssociationRules) -> str:
    if rules.mode is None:
        return "as set by jira_allowed_projects and issue_denied_projects"
    if rules.mode is IssueMode.PROJECTS:
        return f"issues of {', '.join(rules.projects)}"
    return "every well-formed issue key" if rules.mode is IssueMode.OPEN else "the issues in the directory"


def _to_facts(state: State) -> list[tuple[str, str]]:
    facts = [
        ("known", _describe_mode(state.rules)),
        ("services", "registered" if state.rules.only_registered_services else "any"),
        ("directory", f"{state.count} issues"),
    ]
    site = state.site
    if site is None:
        return [*facts, ("site", "none; to connect one: shipledger issues connect URL")]
    facts += [
        ("site", site.url),
        ("account", site.account or "-"),
        ("projects", ", ".join(site.projects) or "all that the account can see"),
        ("read", to_text(site.synced_at)),
        ("full read", to_text(site.full_at)),
    ]
    return [*facts, ("failure", site.failure)] if site.failure else facts
