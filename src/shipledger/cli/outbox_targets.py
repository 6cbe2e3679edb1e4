"""``shipledger outbox target``: who gets messages."""

from __future__ import annotations

import typer

from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_json
from shipledger.cli.tables import print_table
from shipledger.forwarding.target import TargetRecord


def build() -> typer.Typer:
    """The commands."""
    app = new_app("Show who gets messages.")
    app.command("list")(list_all)
    return app


def list_all(
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the receivers of messages, with the state of their circuit breakers."""

    async def work(ledger: OpenLedger) -> list[dict[str, object]]:
        owner = await ledger.get_organization(organization)
        now = ledger.clock.now()
        records = await ledger.store.list_targets(owner.organization_id)
        return [_to_target(one, one.target.breaker.state_at(now)) for one in records]

    targets = with_ledger(database, work)
    if as_json:
        print_json({"targets": targets})
        return
    names = ("id", "name", "kind", "breaker", "failures", "pending", "given_up")
    print_table(
        tuple(name.upper().replace("_", " ") for name in names),
        [tuple(str(target[name]) for name in names) for target in targets],
        empty="No targets yet: an app becomes one with the first message to it.",
    )


def _to_target(record: TargetRecord, state: str) -> dict[str, object]:
    target = record.target
    return {
        "id": target.target_id,
        "name": target.name,
        "kind": target.kind,
        "credential_id": target.credential_id or None,
        "breaker": str(state),
        "failures": target.breaker.failures,
        "opened_at": target.breaker.opened_at,
        "held_until": target.breaker.held_until,
        "pending": record.pending,
        "given_up": record.given_up,
    }
