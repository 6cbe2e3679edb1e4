"""``shipledger verify``."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from shipledger.cli.archive import verify_archive
from shipledger.cli.exit_codes import ExitCode
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DatabaseOption, JsonOption, new_app
from shipledger.cli.output import print_json, print_line, print_note
from shipledger.cli.verifying import Verified, verify_ledger
from shipledger.errors import Invalid
from shipledger.ingestion.rebuild import Verification
from shipledger.sealing.checking import Chain
from shipledger.store.upkeep.contract import Difference


def build() -> typer.Typer:
    """The command."""
    app = new_app("Prove that the ledger shows what was recorded.")
    app.command("verify")(verify)
    return app


def verify(
    expect_head: Annotated[
        list[str] | None,
        typer.Option(metavar="HASH", help="A head noted earlier, which must still be in the chain. Repeatable."),
    ] = None,
    archive: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Check an archive of `shipledger export` instead of a database.")
    ] = None,
    public_key: Annotated[str, typer.Option(metavar="KEY", help="The key that must have signed the archive.")] = "",
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Prove by hash that the ledger shows what was recorded and sealed. Reports damage line by line.

    Recomputes everything in a scratch file in TMPDIR, which needs about as much room as the database. Servers may keep
    running, but while entries are being added, records are compared and hashes prove nothing.
    """
    if archive is not None:
        verify_archive(archive, public_key=public_key, expected=expect_head or (), as_json=as_json)
        return
    if public_key:
        raise Invalid("public_key", "--public-key needs --archive.")
    damage: list[Difference] = []

    def report(difference: Difference) -> None:
        if difference in damage:
            return
        damage.append(difference)
        if not as_json:
            print_line(_to_line(difference))

    def work(ledger: OpenLedger) -> Awaitable[Verified]:
        return verify_ledger(ledger.store, report=report, expected=expect_head or ())

    verified = with_ledger(database, work)
    if as_json:
        print_json({"verification": verified.verification, "damage": damage, "chains": verified.chains})
    else:
        if verified.verification is not None:
            _print_verification(verified.verification)
        _print_chains(verified.chains)
    if damage:
        _print_remedies(verified)
        raise typer.Exit(ExitCode.PROBLEM)


def _print_remedies(verified: Verified) -> None:
    if not verified.is_by_these_rules and verified.verification is not None and verified.verification.differences:
        print_note(
            "Another version made these projections, so differences in them are not damage: "
            "start the server and leave it running, or run `shipledger rebuild`; then verify again."
        )
    print_note(
        "To repair damaged projections (deployment, incident): shipledger rebuild. "
        "Damaged receipts, entries, seals or pages need a backup: shipledger restore BACKUP --force"
    )


def _print_verification(found: Verification) -> None:
    for digest in found.digests:
        print_line(f"{digest.table:<20} {digest.stored}")
    if not found.was_quiet:
        print_note("Entries were added meanwhile, so the hashes prove nothing. Verify again when nothing is being recorded.")
    if found.differences:
        print_note(f"Found {found.differences} differences in {found.deployments} deployments.")
    elif found.was_quiet:
        print_line(f"{found.deployments} deployments match their {found.entries} entries, proven by hash.")
    else:
        print_line(f"{found.deployments} deployments match their {found.entries} entries.")


def _print_chains(chains: Sequence[Chain]) -> None:
    for chain in chains:
        if chain.seals:
            print_line(
                f"{chain.organization}: {chain.seals} seals over {chain.entries} entries, {chain.erased} of them erased; "
                f"{chain.unsealed} not yet sealed. Head: {chain.head}"
            )


def _to_line(difference: Difference) -> str:
    place = " ".join(part for part in (difference.organization_id, difference.table, difference.key) if part)
    return f"{place}: {difference.sentence}"
