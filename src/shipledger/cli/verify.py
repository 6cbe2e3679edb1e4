"""``shipledger verify``."""

from __future__ import annotations

import tempfile
from pathlib import Path

import typer

from shipledger.cli.exit_codes import ExitCode
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DatabaseOption, JsonOption, new_app
from shipledger.cli.output import print_json, print_line, print_note, show_progress
from shipledger.ingestion.rebuild import Verification, verify_projections
from shipledger.store.contract import Difference
from shipledger.store.open import open_store


def build() -> typer.Typer:
    """The command."""
    app = new_app("Prove that what is shown is what was recorded.")
    app.command("verify")(verify)
    return app


def verify(database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Prove by hash that what is shown is what was recorded, and report damage line by line.

    Everything is computed anew in a scratch file in the folder for temporary files (TMPDIR), which needs about as much
    room as the database. A server may run; while it adds entries, records are compared but hashes prove nothing.
    """
    damage: list[Difference] = []

    def report(difference: Difference) -> None:
        damage.append(difference)
        if not as_json:
            print_line(_to_line(difference))

    async def work(ledger: OpenLedger) -> Verification:
        with tempfile.TemporaryDirectory(prefix="shipledger-verify-") as folder:
            scratch = await open_store(f"sqlite:///{Path(folder) / 'scratch.db'}")
            try:
                with show_progress("Verifying") as advance:
                    return await verify_projections(ledger.store, scratch, advance=advance, report=report)
            finally:
                await scratch.close()

    found = with_ledger(database, work)
    if as_json:
        print_json({"verification": found, "damage": damage})
    else:
        _print_verification(found)
    if damage:
        print_note("Damaged projections are mended by: shipledger rebuild. Damaged entries need a backup.")
        raise typer.Exit(ExitCode.PROBLEM)


def _print_verification(found: Verification) -> None:
    for digest in found.digests:
        print_line(f"{digest.table:<20} {digest.stored}")
    if not found.was_quiet:
        print_note("Entries were added meanwhile, so the hashes prove nothing; verify again in a quiet moment.")
    if found.differences:
        print_note(f"Found {found.differences} places of damage in {found.deployments} deployments.")
    elif found.was_quiet:
        print_line(f"{found.deployments} deployments are what their {found.entries} entries say, proven by hash.")
    else:
        print_line(f"{found.deployments} deployments are what their {found.entries} entries say.")


def _to_line(difference: Difference) -> str:
    place = " ".join(part for part in (difference.organization_id, difference.table, difference.key) if part)
    return f"{place}: {difference.sentence}"
