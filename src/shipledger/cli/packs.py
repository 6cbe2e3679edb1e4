"""``shipledger packs``: the git packs that were uploaded, and why some were refused."""

from __future__ import annotations

from typing import Annotated

import typer

from shipledger.catalog.commit import PackRecord, PackState
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_json, to_text
from shipledger.cli.paging import print_next
from shipledger.cli.tables import print_table

_MOST = 1_000


def build() -> typer.Typer:
    """The command."""
    app = new_app("List uploaded git packs, and why some were refused.")
    app.command()(packs)
    return app


def packs(
    ctx: typer.Context,
    state: Annotated[PackState | None, typer.Option(help="Only packs in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=_MOST, help="How many to list.")] = 50,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List uploaded git packs, and why some were refused."""

    async def work(ledger: OpenLedger) -> list[PackRecord]:
        owner = await ledger.get_organization(organization)
        return await ledger.store.list_packs(owner.organization_id, limit=limit + 1, state=state)

    found = with_ledger(database, work)
    records = found[:limit]
    if as_json:
        print_json({"packs": [_to_json(record) for record in records]})
        return
    print_table(
        ("RECEIVED", "STATE", "REPOSITORY", "HEAD", "BYTES", "WHY"),
        [_to_row(record) for record in records],
        empty="No packs found. `datadog-ci git-metadata upload` sends them.",
    )
    if len(found) > limit and limit < _MOST:
        print_next(ctx, limit=str(_MOST))


def _to_json(record: PackRecord) -> dict[str, object]:
    pack = record.pack
    return {
        "id": pack.pack_id,
        "repository": pack.repository,
        "head": pack.head,
        "size_bytes": pack.size_bytes,
        "accepted_at": pack.accepted_at,
        "state": record.state.value,
        "failure": record.failure or None,
    }


def _to_row(record: PackRecord) -> tuple[str, ...]:
    pack = record.pack
    return (
        to_text(pack.accepted_at),
        record.state.value,
        pack.repository,
        pack.head[:10],
        f"{pack.size_bytes:,}",
        record.failure,
    )
