"""``shipledger rebuild``."""

from __future__ import annotations

import typer

from shipledger.cli.exit_codes import ExitCode
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DatabaseOption, JsonOption, new_app
from shipledger.cli.output import print_json, print_line, print_note, show_progress
from shipledger.cli.rebuild_right import alone_to_rebuild
from shipledger.ingestion.rebuild import Rebuilt, rebuild_projections
from shipledger.ledger.history import RULES
from shipledger.store.installation.unfinished_contract import REBUILD
from shipledger.store.upkeep.contract import Difference


def build() -> typer.Typer:
    """The command."""
    app = new_app("Recompute everything shown from what was recorded.")
    app.command("rebuild")(rebuild)
    return app


def rebuild(database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Recompute everything shown from what was recorded. Refused while a server uses the database.

    If interrupted, run it again. Until then deployments are missing and servers do not start.
    """

    async def work(ledger: OpenLedger) -> Rebuilt:
        url = ledger.settings.database_url
        async with alone_to_rebuild(url, ledger.store):
            with show_progress("Rebuilding") as advance:
                rebuilt = await rebuild_projections(ledger.store, advance=advance, report=_report)
            await ledger.store.note_projection_rules(RULES)
            return rebuilt

    rebuilt = with_ledger(database, work, finishing={REBUILD})
    if as_json:
        print_json(rebuilt)
    else:
        print_line(f"Rebuilt {rebuilt.deployments} deployments from {rebuilt.entries} entries.")
    if rebuilt.damaged:
        print_note(f"{rebuilt.damaged} deployments were left out because their entries are damaged. Restore a backup.")
        raise typer.Exit(ExitCode.PROBLEM)


def _report(difference: Difference) -> None:
    print_note(f"{difference.table} {difference.key}: {difference.sentence}")
