"""``shipledger backup``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shipledger.cli.options import DatabaseOption, JsonOption, new_app
from shipledger.cli.output import print_json, print_line, print_note, show_progress
from shipledger.clock import Clock
from shipledger.database_url import parse_backup_path
from shipledger.errors import NotFound
from shipledger.protocols.registry import load_settings
from shipledger.scm.folder import git_folder
from shipledger.store.backup_note import note_backup
from shipledger.store.file_marks import list_marks
from shipledger.store.installation.unfinished_contract import refuse_unfinished
from shipledger.store.key_backup import copy_key, key_beside


def build() -> typer.Typer:
    """The command."""
    app = new_app("Back up a SQLite ledger while the server runs.")
    app.command("backup")(backup)
    return app


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Backup file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    with_key: Annotated[bool, typer.Option("--with-key", help="Also copy the token key, next to the backup.")] = False,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a consistent copy of the ledger to a file, even while the server is running and writing.

    The copy is verified before it is renamed to FILE.
    """
    from shipledger.store.sqlite.backup import back_up

    settings = load_settings(database_url=database)
    path = parse_backup_path(settings.database_url)
    refuse_unfinished(list_marks(path))
    key = key_beside(path)
    if with_key and not key.exists():
        raise NotFound(
            "token_key", f"There is no key file {key}. Omit --with-key; if you set token_key, keep a copy of it yourself."
        )
    with show_progress("Copying") as advance:
        revision = back_up(path, file.absolute(), advance=advance, replaces=force)
    note_backup(path, Clock().now())
    if with_key:
        copy_key(key, key_beside(file.absolute()))
    if as_json:
        size = file.stat().st_size
        print_json({"file": str(file), "size_bytes": size, "revision": revision, "has_key": with_key})
        return
    print_line(f"Backed up to {file} ({file.stat().st_size} bytes).")
    if not with_key and (key.exists() or settings.token_key):
        place = "the setting token_key" if settings.token_key else str(key)
        print_note(f"The key in {place} is not in the backup. Keep a copy elsewhere: without it, encrypted secrets are lost.")
    if (folder := git_folder(settings)).exists():
        print_note(f"Uploaded git packs are not in the backup. Also copy their folder: {folder}")
