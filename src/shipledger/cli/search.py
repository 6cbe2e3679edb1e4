"""``shipledger search``: anything by a few words."""

from __future__ import annotations

from typing import Annotated

import typer

from shipledger.catalog.searching import Kind
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_json, print_line
from shipledger.cli.tables import print_table
from shipledger.protocols.native.search_wire import ResultOut, to_answer
from shipledger.verbs.search import Results, search, to_query

_HELP = """Search for anything by a few words.

It finds deployments, issues, services, repositories, people, incidents, pull requests and requests: by id, the beginning of a
commit's id, version, key, name, number or words of a title.

Exact matches come first, then the newest. Of a commit it says where that runs.

Examples:

\b
    shipledger search 1f3a9c2
    shipledger search SHIP-7 --kind deployment
    shipledger search fix login
"""
_NONE = (
    "Nothing was found. Words are found by their beginning, in titles; `shipledger deployments list --find TEXT` looks further."
)


def build() -> typer.Typer:
    """The command."""
    app = new_app(_HELP)
    app.command(help=_HELP)(find)
    return app


def find(
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="What to look for.")],
    kind: Annotated[list[Kind] | None, typer.Option(help="Only this kind. Repeatable.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many of each kind to list.")] = 20,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Search for anything."""
    text = " ".join(words)
    query = to_query(text)

    async def work(ledger: OpenLedger) -> Results:
        owner = (await ledger.get_organization(organization)).organization_id
        return await search(ledger.store, owner, query, kinds=kind or tuple(Kind), limit=limit)

    found = to_answer(text, with_ledger(database, work))
    if as_json:
        print_json(found)
        return
    if found.commit:
        for one in found.commit.environments:
            services = f" as {', '.join(one.services)}" if one.services else ""
            part = f", as a part of {one.part_of[:10]}" if one.part_of else ""
            runs = "runs" if one.is_running else "ran before"
            print_line(f"{found.commit.commit[:10]} {runs} in {one.environment}{services}{part}")
        print_line("")
    print_table(
        ("KIND", "WHEN", "FOUND BY", "NAME", "ABOUT"),
        [_to_row(one) for group in found.groups for one in group.results],
        empty=_NONE,
    )


def _to_row(one: ResultOut) -> tuple[str, ...]:
    about = (one.environment_name, one.state, "runs now" if one.is_running else None, *one.tiers, one.number)
    return (
        one.kind,
        one.at or "-",
        one.matched if one.is_exact else f"{one.matched} (beginning)",
        one.name or one.id or "-",
        ", ".join(filter(None, (*about, one.id if one.name and one.id != one.name else None))),
    )
