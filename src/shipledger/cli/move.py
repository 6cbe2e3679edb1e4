"""``shipledger move``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from shipledger.cli.options import JsonOption, new_app
from shipledger.cli.output import print_json, print_line, print_note, show_progress
from shipledger.clock import Clock
from shipledger.database_url import is_postgres, parse_sqlite_path, sqlite_url, without_password
from shipledger.duties.roster import SILENT_SECONDS
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.protocols.registry import load_settings
from shipledger.settings import Settings
from shipledger.shell_words import quoted
from shipledger.store.installation.unfinished_contract import COPY, MOVE, Unfinished, UnfinishedStore
from shipledger.store.key_backup import key_beside
from shipledger.store.moving.move import Advance, Moved
from shipledger.store.server_lock import server_lock

FromOption = Annotated[str, typer.Option("--from", metavar="URL", help="The SQLite file: sqlite:////absolute.db.")]
ToOption = Annotated[str, typer.Option("--to", metavar="URL", help="The PostgreSQL database: postgresql://user@host/database.")]
UndoOption = Annotated[bool, typer.Option("--undo", help="Undo an interrupted move: empty the target database again.")]

AsItIsOption = Annotated[
    bool, typer.Option("--as-it-is", help="Move a file that was copied without its -wal file, even if data is missing.")
]


def build() -> typer.Typer:
    """The command."""
    app = new_app("Move the ledger from a SQLite file to PostgreSQL.")
    app.command("move")(move)
    return app


def move(
    target: ToOption,
    source: FromOption = "",
    undo: UndoOption = False,
    as_it_is: AsItIsOption = False,
    as_json: JsonOption = False,
) -> None:
    """Copy a SQLite ledger to a PostgreSQL database, and prove by hash that both are equal.

    Stop the server first. The file is only read. The target cannot be used until the move is complete. If interrupted,
    run the command again to resume, or undo it with --undo.
    """
    if not is_postgres(target):
        raise Invalid("database_url", "--to must be postgresql://user@host/database.")
    settings = load_settings(database_url=target)
    if undo:
        asyncio.run(_undo(settings))
        print_line(f"{without_password(target)} is empty again.")
        return
    if not source:
        raise Invalid("database_url", "Name the SQLite file to move with --from sqlite:////absolute.db.")
    path = parse_sqlite_path(source)
    if not path.exists():
        raise NotFound("database", f"There is no database file {path}. Pass the right one with --from.")
    with server_lock(source), show_progress("Moving") as advance:
        moved = asyncio.run(_move(source, settings, advance, takes_torn=as_it_is))
    if as_json:
        print_json(moved)
        return
    rows = sum(moved.tables.values())
    print_line(f"Moved {rows} rows of {len(moved.tables)} tables to {without_password(target)}; both sides are equal.")
    print_line(f"SHA-256 over all rows: {moved.digest}")
    if moved.resumed_rows:
        print_note(f"{moved.resumed_rows} rows had already been moved.")
    _tell_what_stays(path, settings)


def _tell_what_stays(path: Path, settings: Settings) -> None:
    key = key_beside(path)
    if key.exists() and not settings.token_key:
        print_note(
            f"The key in {key} was not moved. Without it, tokens and encrypted secrets stop working. On every node, set "
            "SHIPLEDGER_TOKEN_KEY to hex: followed by the contents of that file."
        )
    print_note("Uploaded git packs were not moved. Copy their folder and set SHIPLEDGER_GIT_FOLDER to it.")


async def _move(source_url: str, settings: Settings, advance: Advance, *, takes_torn: bool) -> Moved:
    from shipledger.store.moving.move import move as move_rows
    from shipledger.store.moving.source import Source
    from shipledger.store.moving.target import connected_target
    from shipledger.store.open import open_store, open_store_of
    from shipledger.store.postgres.options import read_options

    path = parse_sqlite_path(source_url)
    from_store = await open_store(source_url, creates=False)
    installation = await from_store.find_installation()
    torn = [operation for operation in await from_store.list_unfinished() if operation.name == COPY]
    await from_store.close()  # it is at its newest schema now
    if torn and not takes_torn:
        raise Conflict("copy", f"{torn[0].remedy} To move it anyway: --as-it-is")
    store = await open_store_of(settings, finishing={MOVE})
    source = Source(path)
    try:
        async with connected_target(settings.database_url, read_options(settings)) as target:
            copies = await _is_begun(store, path) or await target.is_empty(source.list_tables())
            if copies:
                await store.note_unfinished(_operation(path), silent_seconds=SILENT_SECONDS)
            moved = await move_rows(source, target, advance=advance, copies=copies)
            noted = await store.find_installation()
            await store.save_key_check(installation.key_check, expected=noted.key_check)
            await store.save_archive_key_check(installation.archive_key_check, expected=noted.archive_key_check)
            await store.note_import()
            await store.forget_unfinished(MOVE)
            return moved
    finally:
        source.close()
        await store.close()


async def _is_begun(store: UnfinishedStore, path: Path) -> bool:
    """Whether a move of this file was interrupted. Raises Conflict when it was one of another file."""
    for operation in await store.list_unfinished():
        if operation.name == MOVE:
            if operation.remedy != _operation(path).remedy:
                raise Conflict("move_interrupted", operation.remedy)
            return True
    return False


def _operation(path: Path) -> Unfinished:
    source = sqlite_url(path)
    return Unfinished(
        name=MOVE,
        remedy=f"A move from {path} to this database was not finished. Go on with it: "
        f"shipledger move --from {quoted(source)} --to and the URL of this database. "
        "Or empty the database again: shipledger move --undo --to and its URL.",
        is_barred=True,
        began_at=Clock().now(),
    )


async def _undo(settings: Settings) -> None:
    from shipledger.store.moving.target import connected_target
    from shipledger.store.open import open_store_of
    from shipledger.store.postgres.options import read_options

    store = await open_store_of(settings, finishing={MOVE})
    try:
        is_begun = any(operation.name == MOVE for operation in await store.list_unfinished())
    finally:
        await store.close()
    if not is_begun:
        raise NotFound("move", "No move to this database was interrupted, so there is nothing to undo.")
    async with connected_target(settings.database_url, read_options(settings)) as target:
        await target.clear()
