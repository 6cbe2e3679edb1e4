"""``shipledger receipts refused`` and ``senders``: requests that were refused, and who sends with no key that is known."""

from __future__ import annotations

from typing import Annotated

import typer

from shipledger.access.refused import OTHERS, RefusedFilter, RefusedRecord, UnknownSender
from shipledger.cli.completion import complete_credentials, complete_refused
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.moments import SinceOption, UntilOption, to_period
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption
from shipledger.cli.output import print_json, print_note, refuse_damaged, to_text
from shipledger.cli.paging import print_next
from shipledger.cli.tables import print_table
from shipledger.found import Found
from shipledger.verbs.refused import advise


def list_refused(
    ctx: typer.Context,
    status: Annotated[int | None, typer.Option(min=400, max=599, help="Only those answered with this status.")] = None,
    protocol: Annotated[str, typer.Option(metavar="NAME", help="Only those of this protocol, such as native.")] = "",
    credential: Annotated[
        str, typer.Option(metavar="ID", help="Only those of this credential.", autocompletion=complete_credentials)
    ] = "",
    since: SinceOption = None,
    until: UntilOption = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many to list.")] = 50,
    before: Annotated[
        str, typer.Option(metavar="ID", help="Continue after the refused request with this id.", autocompletion=complete_refused)
    ] = "",
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List requests that were refused, newest first: what was answered, never what was sent."""

    async def work(ledger: OpenLedger) -> Found[RefusedRecord]:
        owner = await ledger.get_organization(organization)
        period = to_period(since, until, now=ledger.clock.now())
        wanted = RefusedFilter(
            status=status or 0,
            protocol=protocol,
            credential_id=credential,
            refused_from=period.since,
            refused_until=period.until,
            before_id=before,
            limit=limit + 1,
        )
        return await ledger.store.list_refused(owner.organization_id, wanted)

    found = with_ledger(database, work)
    shown = found[:limit]
    last = shown[-1].refused.refused_id if found.total > limit and shown else ""
    if as_json:
        print_json({"refused": [to_json(one) for one in shown], "next_before": last or None})
    else:
        print_table(
            ("ID", "REFUSED", "STATUS", "PROTOCOL", "REQUEST", "CREDENTIAL", "ADDRESS", "ANSWER"),
            [_to_row(one) for one in shown],
            empty="No request was refused that is still kept.",
        )
        if last:
            print_next(ctx, before=last)
    refuse_damaged(found.damaged)


def list_senders(database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Count the refused requests of senders with no key that is known, by address. They belong to no organization."""

    async def work(ledger: OpenLedger) -> Found[UnknownSender]:
        return await ledger.store.list_unknown_senders()

    found = with_ledger(database, work)
    if as_json:
        print_json({"senders": [{**_sender_to_json(one), "address": one.address or None} for one in found]})
    else:
        print_table(
            ("ADDRESS", "REQUESTS", "FIRST", "LAST", "STATUS", "PROTOCOL", "LAST REQUEST", "ANSWER"),
            [
                (
                    one.address if one.address != OTHERS else "all others",
                    f"{one.requests:,}",
                    to_text(one.first_at),
                    to_text(one.last_at),
                    str(one.status),
                    one.protocol,
                    f"{one.method} {one.path}",
                    one.sentence,
                )
                for one in found
            ],
            empty="Nobody has sent a request without a known key.",
        )
        if found:
            print_note("A key that works nowhere: it was mistyped, belongs to another ledger, or its credential was deleted.")
    refuse_damaged(found.damaged)


def to_facts(record: RefusedRecord) -> list[tuple[str, str]]:
    """A refused request as lines, each with its name."""
    refused = record.refused
    return [
        ("id", refused.refused_id),
        ("refused", to_text(refused.refused_at)),
        ("answer", f"{refused.status} {refused.code}".strip()),
        ("sentence", refused.sentence),
        ("to do", advise(refused)),
        ("credential", f"{record.credential_name or '(deleted)'} ({refused.credential_id})"),
        ("protocol", refused.protocol),
        ("request", f"{refused.method} {refused.path}"),
        ("address", refused.address),
        ("size", "not announced" if refused.size_bytes is None else f"{refused.size_bytes:,} bytes"),
    ]


def to_json(record: RefusedRecord) -> dict[str, object]:
    """A refused request as JSON has it."""
    refused = record.refused
    return {
        "id": refused.refused_id,
        "refused_at": refused.refused_at,
        "status": refused.status,
        "code": refused.code,
        "sentence": refused.sentence,
        "protocol": refused.protocol,
        "method": refused.method,
        "path": refused.path,
        "credential_id": refused.credential_id,
        "credential_name": record.credential_name,
        "address": refused.address,
        "size_bytes": refused.size_bytes,
    }


def _to_row(record: RefusedRecord) -> tuple[str, ...]:
    refused = record.refused
    return (
        refused.refused_id,
        to_text(refused.refused_at),
        str(refused.status),
        refused.protocol,
        f"{refused.method} {refused.path}",
        record.credential_name or refused.credential_id,
        refused.address,
        refused.sentence,
    )


def _sender_to_json(one: UnknownSender) -> dict[str, object]:
    return {
        "requests": one.requests,
        "first_at": one.first_at,
        "last_at": one.last_at,
        "status": one.status,
        "protocol": one.protocol,
        "method": one.method,
        "path": one.path,
        "sentence": one.sentence,
    }
