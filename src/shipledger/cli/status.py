"""``shipledger status``: how the nodes and the store are."""

from __future__ import annotations

import typer

from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DatabaseOption, JsonOption, new_app
from shipledger.cli.output import print_facts, print_json, print_line, print_note, to_text
from shipledger.cli.tables import print_table
from shipledger.verbs.status import Status

MEGABYTE = 1_000_000


def build() -> typer.Typer:
    """The command."""
    app = new_app("Show how the servers, their background work and the database are.")
    app.command("status")(status)
    return app


def status(database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Show the servers on the database, what they do in the background, and what waits.

    What a server measures of itself, such as requests a second, stands on its page /status and in its metrics.
    """

    async def work(ledger: OpenLedger) -> Status:
        from shipledger.performing.status import StatusReader

        return await StatusReader(ledger.store, ledger.clock, ledger.settings, None).read_status()

    found = with_ledger(database, work)
    if as_json:
        print_json(found)
        return
    store, outbox = found.store, found.outbox
    free = "" if store.free_bytes is None else f", {store.free_bytes / MEGABYTE:,.0f} MB free"
    print_facts(
        [
            ("version", found.version),
            ("database", f"{store.engine} {store.version}, schema {store.revision}, at {store.location}"),
            ("size", f"{store.size_bytes / MEGABYTE:,.1f} MB{free}"),
            ("last backup", to_text(store.backed_up_at) if store.backed_up_at else "not known"),
            ("organizations", str(found.organizations)),
            ("receipts", f"{found.backlog.pending} pending, {found.backlog.quarantined} quarantined"),
            ("messages", f"{outbox.pending} pending, {outbox.given_up} given up, {outbox.open_targets} circuits open"),
            ("git packs", f"{found.packs.pending} pending, {found.packs.refused} refused"),
            ("last seal", to_text(found.sealed_at) if found.sealed_at else "none yet"),
        ]
    )
    print_line("")
    nodes = [(one.node_id, "serves" if one.is_alive else "silent", to_text(one.seen_at)) for one in found.nodes]
    print_table(("NODE", "STATE", "HEARD OF"), nodes, empty="No server runs.")
    if found.duties:
        print_line("")
        print_table(("DUTY", "DONE BY"), [(one.name, one.node_id) for one in found.duties], empty="")
    for sentence in (*found.under_way, *found.unfinished):
        print_note(sentence)
