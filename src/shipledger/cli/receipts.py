"""``shipledger receipts``: received requests and their outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from msgspec import Struct

from shipledger.access.refused import RefusedRecord
from shipledger.cli.completion import complete_quarantined, complete_receipts
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.moments import Period, SinceOption, UntilOption, to_period
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_json, print_line, print_lines, print_note, refuse_damaged, to_text
from shipledger.cli.paging import print_next
from shipledger.cli.refused import list_refused, list_senders, to_facts, to_json
from shipledger.cli.tables import print_table
from shipledger.errors import DamagedRecord, NotFound
from shipledger.found import Found
from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.receipt import ReceiptState
from shipledger.ledger.receipt_listing import ReceiptFilter, ReceiptRecord
from shipledger.ledger.verdict import Verdict
from shipledger.protocols.registry import SUGGESTED_KIND
from shipledger.shell_words import command
from shipledger.verbs.receipt_search import Looked, search_receipts

_NONE_AT_ALL = f"No requests yet. Create a key for a CI job: shipledger credential create {SUGGESTED_KIND} --name ci"


class Page(Struct, frozen=True):
    """``last``: the receipt to continue after; "" when there are no more. ``looked_at``: how many were searched."""

    records: Found[ReceiptRecord]
    period: Period
    last: str
    looked_at: int = 0


def build() -> typer.Typer:
    """The commands."""
    app = new_app("Show received and refused requests, and replay quarantined ones.")
    app.command("list")(list_page)
    app.command("show")(show)
    app.command("replay")(replay)
    app.command("refused")(list_refused)
    app.command("senders")(list_senders)
    return app


def list_page(
    ctx: typer.Context,
    state: Annotated[ReceiptState | None, typer.Option(help="Only receipts in this state.")] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many to list.")] = 50,
    before: Annotated[
        str, typer.Option(metavar="ID", help="Continue after the receipt with this id.", autocompletion=complete_receipts)
    ] = "",
    find: Annotated[
        str,
        typer.Option(metavar="TEXT", help="Only receipts that contain this text, such as an issue key, among the newest 1,000."),
    ] = "",
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List receipts, newest first."""

    async def work(ledger: OpenLedger) -> Page:
        owner = (await ledger.get_organization(organization)).organization_id
        period = to_period(since, until, now=ledger.clock.now())
        wanted = ReceiptFilter(
            state=state, accepted_from=period.since, accepted_until=period.until, before_id=before, limit=limit + (not find)
        )
        if find:
            search = await search_receipts(ledger.store, owner, wanted, Looked(find))
            return Page(Found(search.records, search.damaged), period, search.before_id, search.looked_at)
        found = await ledger.store.list_receipts(owner, wanted)
        shown = found[:limit]
        last = shown[-1].receipt.receipt_id if found.total > limit and shown else ""
        return Page(Found(shown, found.damaged), period, last)

    page = with_ledger(database, work)
    records = page.records
    if as_json:
        listed = [_to_json(record) for record in records]
        print_json({"receipts": listed, "next_before": page.last or None, **_to_damaged(records.damaged)})
        refuse_damaged(records.damaged)
        return
    print_table(
        ("ID", "ACCEPTED", "STATE", "PROTOCOL", "OPERATION", "CREDENTIAL", "OUTCOME"),
        [_to_row(record) for record in records],
        empty="No matching receipts." if state or find or since or until or before else _NONE_AT_ALL,
    )
    if page.last:
        if page.looked_at:
            print_note(f"Searched {page.looked_at} receipts.")
        print_next(ctx, period=page.period, before=page.last)
    refuse_damaged(records.damaged)


def show(
    receipt_id: Annotated[
        str,
        typer.Argument(metavar="ID", help="The receipt's id, which is the request id.", autocompletion=complete_receipts),
    ],
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a request and its outcome, or what was answered to one that was refused."""

    async def work(ledger: OpenLedger) -> ReceiptRecord | RefusedRecord | None:
        owner = (await ledger.get_organization(organization)).organization_id
        found = await ledger.store.find_receipt(owner, receipt_id)
        return found or await ledger.store.find_refused(owner, bare_uuid(receipt_id))

    record = with_ledger(database, work)
    if isinstance(record, RefusedRecord):
        _print_refused(record, as_json=as_json)
        return
    if record is None:
        raise NotFound("receipt", f"There is no receipt {receipt_id!r} in the organization {organization!r}.")
    if as_json:
        print_json({**_to_json(record), "parameters": record.receipt.parameters, "body": record.receipt.body})
        return
    _print_facts(_to_facts(record))
    print_line("")
    print_lines(record.receipt.body)


def replay(
    receipt_id: Annotated[
        str, typer.Argument(metavar="ID", help="The id of a quarantined receipt.", autocompletion=complete_quarantined)
    ],
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Return a quarantined receipt to the queue. A running server, or the next one, settles it."""

    async def work(ledger: OpenLedger) -> None:
        owner = await ledger.get_organization(organization)
        await ledger.store.replay_receipt(owner.organization_id, receipt_id)

    with_ledger(database, work)
    if as_json:
        print_json({"id": receipt_id, "state": ReceiptState.PENDING.value})
        return
    show = command("receipts show", receipt_id, organization="" if organization == DEFAULT_ORGANIZATION else organization)
    print_line(f"{receipt_id} is pending again. To see the outcome: {show}")


def _print_refused(record: RefusedRecord, *, as_json: bool) -> None:
    if as_json:
        print_json({**to_json(record), "state": "refused"})
    else:
        _print_facts(to_facts(record))


def _print_facts(facts: Sequence[tuple[str, str]]) -> None:
    for name, text in facts:
        first, *rest = text.split("\n")
        print_line(f"{name:<11} {first}")
        for line in rest:
            print_line(f"{'':<11} {line}")


def _to_damaged(damaged: Sequence[DamagedRecord]) -> dict[str, object]:
    return {"damaged": [{"id": one.key, "reason": one.reason} for one in damaged]} if damaged else {}


def _to_json(record: ReceiptRecord) -> dict[str, object]:
    return {
        "id": record.receipt.receipt_id,
        "protocol": record.receipt.protocol,
        "operation": record.receipt.operation,
        "credential_id": record.receipt.credential_id,
        "credential_name": record.credential_name,
        "accepted_at": record.receipt.accepted_at,
        "state": record.settlement.state.value,
        "settled_at": record.settlement.settled_at,
        "attempts": record.attempts,
        "failure": record.settlement.failure,
        "verdicts": record.settlement.verdicts,
    }


def _to_row(record: ReceiptRecord) -> tuple[str, ...]:
    return (
        record.receipt.receipt_id,
        to_text(record.receipt.accepted_at),
        record.settlement.state.value,
        record.receipt.protocol,
        record.receipt.operation,
        record.credential_name,
        _to_outcome(record),
    )


def _to_outcome(record: ReceiptRecord) -> str:
    if record.settlement.failure:
        return record.settlement.failure.splitlines()[0]
    return ", ".join(verdict.kind.value for verdict in record.settlement.verdicts)


def _to_facts(record: ReceiptRecord) -> list[tuple[str, str]]:
    receipt, settlement = record.receipt, record.settlement
    facts = [
        ("id", receipt.receipt_id),
        ("accepted", to_text(receipt.accepted_at)),
        ("credential", f"{record.credential_name} ({receipt.credential_id})"),
        ("protocol", receipt.protocol),
        ("operation", receipt.operation),
        *((f"  {name}", value) for name, value in sorted(receipt.parameters.items())),
        ("state", settlement.state.value),
        ("settled", to_text(settlement.settled_at)),
        ("attempts", str(record.attempts)),
    ]
    facts += [("verdict", _to_sentence(verdict)) for verdict in settlement.verdicts]
    if settlement.failure:
        facts.append(("failure", settlement.failure))
    return facts


def _to_sentence(verdict: Verdict) -> str:
    parts = [verdict.kind.value]
    if verdict.deployment_id:
        parts.append(f"deployment {verdict.deployment_id}")
    if verdict.subject and verdict.subject not in verdict.sentence:
        parts.append(verdict.subject)
    if verdict.sentence:
        parts.append(verdict.sentence)
    return " · ".join(parts)
