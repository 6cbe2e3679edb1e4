"""``shipledger key``."""

from __future__ import annotations

from typing import Annotated

import typer

from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DatabaseOption, JsonOption, new_app
from shipledger.cli.output import print_json, print_line, print_note
from shipledger.store.key_agreement import adopt_archive_key, adopt_key
from shipledger.store.key_file import place_of_archive_key, place_of_key


def build() -> typer.Typer:
    """The commands."""
    app = new_app("Adopt another token key when the ledger's key is lost.")
    app.command("adopt")(adopt)
    app.callback()(_key)
    return app


def _key() -> None:
    """Adopt another token key when the ledger's key is lost."""


def adopt(
    archive: Annotated[
        bool, typer.Option("--archive", help="The key that archives are signed with, instead of the token key.")
    ] = False,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Use the token key that is there now, or a new one, instead of the ledger's lost key.

    Signed tokens and links to the pages stop working. Secrets encrypted with the lost key, those of apps and issue sites,
    must be entered again. With --archive: archives are signed by another public key from now on.
    """

    async def work(ledger: OpenLedger) -> str:
        if archive:
            await adopt_archive_key(ledger.store, ledger.settings)
            return f"file {place_of_archive_key(ledger.settings)}"
        await adopt_key(ledger.store, ledger.settings)
        return place_of_key(ledger.settings)

    place = with_ledger(database, work)
    if as_json:
        print_json({"key": place})
        return
    if archive:
        print_line(f"Archives are now signed with the key in the {place}.")
        return
    print_line(f"The ledger now uses the key in the {place}. Restart its servers.")
    print_note("Issue new signed tokens, enter the secrets of apps and issue sites again, and add webhooks again.")
