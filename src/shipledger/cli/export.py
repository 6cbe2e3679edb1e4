"""``shipledger export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_damaged, print_json, print_line, show_progress
from shipledger.sealing.archive import Manifest, write_archive
from shipledger.store.key_agreement import agree_on_archive_key


def build() -> typer.Typer:
    """The command."""
    app = new_app("Export a signed archive of all entries.")
    app.command("export")(export)
    return app


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="ZIP archive to write; must not exist yet.")],
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write all entries, tombstones and seals of an organization to a signed archive, and print the public key.

    Servers may keep running. `shipledger verify --archive FILE` checks the archive anywhere, without a database.
    """

    async def work(ledger: OpenLedger) -> Manifest:
        owner = await ledger.get_organization(organization)
        key = await agree_on_archive_key(ledger.store, ledger.settings)
        with show_progress("Exporting") as advance:
            return await write_archive(
                ledger.store, owner, file, key=key, now=ledger.clock.now(), advance=advance, report=print_damaged
            )

    manifest = with_ledger(database, work)
    if as_json:
        print_json(manifest)
        return
    lines = {name: archived.lines for name, archived in manifest.files.items()}
    print_line(f"Wrote {file}: " + ", ".join(f"{count} lines of {name}" for name, count in lines.items()) + ".")
    print_line(f"Head: {manifest.head or 'nothing is sealed yet'}")
    print_line(f"Public key: {manifest.public_key}")
