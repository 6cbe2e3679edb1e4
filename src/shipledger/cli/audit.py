"""``shipledger audit``: who did what, when."""

from __future__ import annotations

from typing import Annotated

import typer
from msgspec.structs import asdict, replace

from shipledger.cli.completion import complete_people
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.moments import SinceOption, UntilOption, to_period
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_json, to_text
from shipledger.cli.paging import print_next
from shipledger.cli.tables import print_table
from shipledger.errors import Invalid
from shipledger.ledger.auditing import AuditFilter, AuditPlace
from shipledger.protocols.native.audit import ActOut, to_act
from shipledger.protocols.native.pages import write_csv
from shipledger.verbs.auditing import KINDS, ActLine, place_from_text, place_to_text, read_actor, read_acts

_PAGE = 500


def build() -> typer.Typer:
    """The command."""
    app = new_app("Show who did what.")
    app.command("audit")(audit)
    return app


def audit(
    ctx: typer.Context,
    actor: Annotated[
        str,
        typer.Option(
            metavar="WHO",
            help="Only of this actor: an address, person, credential, command, duty, or one as listed.",
            autocompletion=complete_people,
        ),
    ] = "",
    kind: Annotated[
        str,
        typer.Option(metavar="KIND", help=f"Only this kind of record: {', '.join(KINDS)}."),
    ] = "",
    since: SinceOption = None,
    until: UntilOption = None,
    reports: Annotated[bool, typer.Option("--reports", help="Also what senders report all day.")] = False,
    limit: Annotated[int, typer.Option(help="How many to show.", min=1, max=1_000)] = 50,
    before: Annotated[str, typer.Option(metavar="PLACE", help="Continue a list; printed at its end.")] = "",
    as_csv: Annotated[bool, typer.Option("--csv", help="Print all of them as CSV.")] = False,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who did what, newest first, from the entries of the ledger."""
    if kind and kind not in KINDS:
        raise Invalid("kind", f"{kind!r} is no kind of record. Choose from {', '.join(KINDS)}.")
    place = _read_before(before)

    async def work(ledger: OpenLedger) -> tuple[list[ActLine], AuditPlace | None]:
        owner = (await ledger.get_organization(organization)).organization_id
        period = to_period(since, until, now=ledger.clock.now())
        wanted = AuditFilter(
            limit=_PAGE if as_csv else limit,
            kinds=(kind,) if kind else (),
            actor=await _find_actor(ledger, actor),
            since=period.since,
            until=period.until,
            before=place,
            has_reports=reports,
        )
        page = await read_acts(ledger.store, owner, wanted)
        lines = list(page.lines)
        while as_csv and page.end is not None:
            page = await read_acts(ledger.store, owner, replace(wanted, before=page.end))
            lines += page.lines
        return lines, page.end

    lines, end = with_ledger(database, work)
    if as_csv:
        typer.echo(write_csv([to_act(one) for one in lines], ActOut.__struct_fields__).decode(), nl=False)
        return
    if as_json:
        print_json({"audit": [asdict(to_act(one)) for one in lines], "next": None if end is None else place_to_text(end)})
        return
    rows = [(to_text(one.at), one.who, KINDS.get(one.kind, one.kind), one.subject, " ".join(one.changes)) for one in lines]
    print_table(("AT", "BY", "KIND", "WHAT", "CHANGE"), rows, empty="Nobody has changed anything that fits.")
    if end is not None:
        print_next(ctx, before=place_to_text(end))


async def _find_actor(ledger: OpenLedger, text: str) -> str:
    if "@" not in text:
        return read_actor(text)
    person = await ledger.store.find_person_by_email(text.strip())
    if person is None:
        raise Invalid("actor", f"Nobody has the address {text!r}; see `shipledger user list`.")
    return f"person:{person.person_id}"


def _read_before(text: str) -> AuditPlace | None:
    if not text:
        return None
    found = place_from_text(text)
    if found is None:
        raise Invalid("before", "Pass what a list has printed at its end.")
    return found
