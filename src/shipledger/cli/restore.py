"""``shipledger restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shipledger.cli.options import DatabaseOption, JsonOption, new_app
from shipledger.cli.output import print_json, print_line, print_note, show_progress
from shipledger.database_url import parse_backup_path
from shipledger.protocols.registry import load_settings
from shipledger.store.file_marks import end_mark
from shipledger.store.installation.unfinished_contract import REBUILD, RESTORE
from shipledger.store.key_backup import check_key, key_beside, restore_key
from shipledger.store.server_lock import server_lock


def build() -> typer.Typer:
    """The command."""
    app = new_app("Replace the ledger with a backup.")
    app.command("restore")(restore)
    return app


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Backup file.")],
    force: Annotated[bool, typer.Option("--force", help="Replace an existing ledger, which is kept under another name.")] = False,
    as_it_is: Annotated[
        bool, typer.Option("--as-it-is", help="Accept a file that was copied without its -wal file, even if data is missing.")
    ] = False,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a backup and replace the ledger with it. Refused while a server uses the database."""
    from shipledger.store.sqlite.backup import restore as put_in_place

    settings = load_settings(database_url=database)
    path, backup = parse_backup_path(settings.database_url), file.absolute()
    with server_lock(settings.database_url):
        check_key(backup, path, replaces=force)
        with show_progress("Restoring") as advance:
            aside = put_in_place(backup, path, advance=advance, replaces=force, takes_torn=as_it_is)
        has_key = restore_key(backup, path)
        end_mark(path, REBUILD)  # of the ledger that was there before
        end_mark(path, RESTORE)
    if as_json:
        kept = None if aside is None else str(aside)
        print_json({"database": str(path), "previous": kept, "has_key": has_key or bool(settings.token_key)})
        return
    print_line(f"Restored {path} from {file}.")
    if aside is not None:
        print_note(f"The previous ledger is kept in {aside}. Delete it when you no longer need it.")
    if not has_key and not settings.token_key:
        print_note(
            f"There is no key file {key_beside(path)}. If the backup has encrypted secrets or signed tokens, put its key "
            "there before starting the server. If the key is lost, `shipledger key adopt` creates a new one."
        )
    print_note("Check it now: shipledger verify")
