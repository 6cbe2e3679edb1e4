"""``shipledger compare``: two environments, or two moments of one, side by side."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from shipledger.cli.completion import complete_environments, complete_services
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.moments import Moment, read_moment, to_period
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_json, print_line
from shipledger.protocols.native.compare_wire import to_comparison
from shipledger.verbs.comparing import DEFAULT_LIMIT, MOST_COMMITS, CompareWish, Comparison, Side, compare
from shipledger.verbs.comparison_text import to_markdown
from shipledger.verbs.real_keys import to_key_words

_HELP = """Compare two environments, or two moments of one.

It prints what runs of each service on both sides, and the commits, issues and people between, as Markdown. What the second
environment has that the first one lacks came in.

Examples:

\b
    shipledger compare production staging
    shipledger compare production staging --service checkout
    shipledger compare production --left-at 7d
"""
_WHEN = "an age such as 90m, 2h, 3d or 1w, or a time such as 2026-03-04 or 2026-03-04T10:02Z, in UTC. Without it: now."


def build() -> typer.Typer:
    """The command."""
    app = new_app(_HELP)
    app.command(help=_HELP)(show)
    return app


def show(
    left: Annotated[
        str, typer.Argument(metavar="LEFT", help="An environment, by its id or a name.", autocompletion=complete_environments)
    ],
    right: Annotated[
        str, typer.Argument(metavar="RIGHT", help="Another one. Without it: the same.", autocompletion=complete_environments)
    ] = "",
    left_at: Annotated[Moment | None, typer.Option(parser=read_moment, metavar="WHEN", help=f"The left moment: {_WHEN}")] = None,
    right_at: Annotated[Moment | None, typer.Option(parser=read_moment, metavar="WHEN", help=f"The right one: {_WHEN}")] = None,
    service: Annotated[
        str, typer.Option(metavar="SERVICE", help="Only this service: its id, slug or name.", autocompletion=complete_services)
    ] = "",
    team: Annotated[str, typer.Option(help="Only services of this team.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=MOST_COMMITS, help="Most commits to list of each direction.")] = DEFAULT_LIMIT,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare two environments, or two moments of one."""

    async def work(ledger: OpenLedger) -> tuple[CompareWish, Comparison]:
        owner = (await ledger.get_organization(organization)).organization_id
        now = ledger.clock.now()
        first, second = (to_period(one, None, now=now).since for one in (left_at, right_at))
        wish = CompareWish(Side(left, first), Side(right or left, second), service=service, team=team, limit=limit)
        words = to_key_words(ledger.settings.jira_denied_projects, ledger.settings.jira_allowed_projects)
        return wish, await compare(ledger.store, owner, wish, words)

    wish, comparison = with_ledger(database, work)
    if as_json:
        print_json(msgspec.to_builtins(to_comparison(comparison, wish)))
        return
    for line in to_markdown(comparison, wish).splitlines():
        print_line(line)
