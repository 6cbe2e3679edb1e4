"""``shipledger key``."""

from __future__ import annotations

import typer

from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DatabaseOption, JsonOption, new_app
from shipledger.cli.output import print_json, print_line, print_note
from shipledger.store.key_agreement import adopt_key
from shipledger.store.key_file import place_of_key


def build() -> typer.Typer:
    """The commands."""
    app = new_app("Go on with another token key when that of the ledger is lost.")
    app.command("adopt")(adopt)
    app.callback()(_key)
    return app


def _key() -> None:
    """Go on with another token key when that of the ledger is lost."""


def adopt(database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Use the token key that is there now, or a new one, though the ledger was used with another one.

    Only when that is lost: tokens of iftrue and links to the pages stop working, and what was encrypted with it, the secrets of
    apps and the tokens of issue sites, cannot be read any more.
    """

    async def work(ledger: OpenLedger) -> str:
        await adopt_key(ledger.store, ledger.settings)
        return place_of_key(ledger.settings)

    place = with_ledger(database, work)
    if as_json:
        print_json({"key": place})
        return
    print_line(f"The ledger uses the key in the {place} from now on. Restart its servers.")
    print_note("Hand out new tokens of iftrue, and enter the secrets of apps and of issue sites again.")
