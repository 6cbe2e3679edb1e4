"""``shipledger verify``."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from shipledger.cli.archive import verify_archive
from shipledger.cli.exit_codes import ExitCode
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DatabaseOption, JsonOption, new_app
from shipledger.cli.output import print_json, print_line, print_note, show_progress
from shipledger.errors import Invalid
from shipledger.ingestion.rebuild import Verification, verify_projections
from shipledger.ledger.chain import Finding
from shipledger.sealing.checking import Chain, check_chains
from shipledger.store.contract import Difference
from shipledger.store.open import open_store


def build() -> typer.Typer:
    """The command."""
    app = new_app("Prove that what is shown is what was recorded.")
    app.command("verify")(verify)
    return app


def verify(
    expect_head: Annotated[
        list[str] | None,
        typer.Option(metavar="HASH", help="A head noted before, which must still be a seal; repeat for several."),
    ] = None,
    archive: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Check an archive of `shipledger export` instead of a database.")
    ] = None,
    public_key: Annotated[str, typer.Option(metavar="KEY", help="The key that the archive must be signed by.")] = "",
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Prove by hash that what is shown is what was recorded and sealed, and report damage line by line.

    Everything is computed anew in a scratch file in the folder for temporary files (TMPDIR), which needs about as much
    room as the database. A server may run; while it adds entries, records are compared but hashes prove nothing.
    """
    if archive is not None:
        verify_archive(archive, public_key=public_key, expected=expect_head or (), as_json=as_json)
        return
    if public_key:
        raise Invalid("public_key", "A key belongs to an archive: name that with --archive.")
    damage: list[Difference] = []

    def report(difference: Difference) -> None:
        damage.append(difference)
        if not as_json:
            print_line(_to_line(difference))

    def report_finding(organization_id: str, finding: Finding) -> None:
        report(Difference(organization_id=organization_id, table="seal", key=finding.name, sentence=finding.sentence))

    async def work(ledger: OpenLedger) -> tuple[Verification, list[Chain]]:
        chains = await check_chains(ledger.store, report=report_finding, expected=expect_head or ())
        with tempfile.TemporaryDirectory(prefix="shipledger-verify-") as folder:
            scratch = await open_store(f"sqlite:///{Path(folder) / 'scratch.db'}")
            try:
                with show_progress("Verifying") as advance:
                    return await verify_projections(ledger.store, scratch, advance=advance, report=report), chains
            finally:
                await scratch.close()

    found, chains = with_ledger(database, work)
    if as_json:
        print_json({"verification": found, "damage": damage, "chains": chains})
    else:
        _print_verification(found)
        _print_chains(chains)
    if damage:
        print_note("Damaged projections are mended by: shipledger rebuild. Damaged entries and seals need a backup.")
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


def _print_chains(chains: Sequence[Chain]) -> None:
    for chain in chains:
        if chain.seals:
            print_line(
                f"{chain.organization}: {chain.seals} seals over {chain.entries} entries, {chain.erased} of them erased; "
                f"{chain.unsealed} are not sealed yet. Head: {chain.head}"
            )


def _to_line(difference: Difference) -> str:
    place = " ".join(part for part in (difference.organization_id, difference.table, difference.key) if part)
    return f"{place}: {difference.sentence}"
