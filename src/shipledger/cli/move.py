"""``shipledger move``."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from shipledger.cli.options import JsonOption, new_app
from shipledger.cli.output import print_json, print_line, print_note, show_progress
from shipledger.cli.rebuild_marker import refuse_interrupted_rebuild
from shipledger.errors import Invalid, NotFound
from shipledger.settings import Settings, load_settings
from shipledger.store.database_url import is_postgres, parse_sqlite_path, without_password
from shipledger.store.key_backup import key_beside
from shipledger.store.moving.move import Advance, Moved
from shipledger.store.server_lock import server_lock

FromOption = Annotated[str, typer.Option("--from", metavar="URL", help="The SQLite file: sqlite:////absolute.db.")]
ToOption = Annotated[str, typer.Option("--to", metavar="URL", help="The PostgreSQL database: postgresql://user@host/database.")]


def build() -> typer.Typer:
    """The command."""
    app = new_app("Move the ledger from a SQLite file to PostgreSQL.")
    app.command("move")(move)
    return app


def move(source: FromOption, target: ToOption, as_json: JsonOption = False) -> None:
    """Copy everything from a SQLite file to a PostgreSQL database, and prove by a hash that both are equal.

    Stop the server before; the file is only read. Interrupted, run it again: it goes on where it stopped.
    """
    if not is_postgres(target):
        raise Invalid("database_url", "--to must be postgresql://user@host/database.")
    path = parse_sqlite_path(source)
    if not path.exists():
        raise NotFound("database", f"There is no database {path}; name one with --from.")
    refuse_interrupted_rebuild(source)
    settings = load_settings(database_url=target)
    with server_lock(source), show_progress("Moving") as advance:
        moved = asyncio.run(_move(source, settings, advance))
    if as_json:
        print_json(moved)
        return
    rows = sum(moved.tables.values())
    print_line(f"Moved {rows} rows of {len(moved.tables)} tables to {without_password(target)}; both sides are equal.")
    print_line(f"SHA-256 over all rows: {moved.digest}")
    if moved.resumed_rows:
        print_note(f"{moved.resumed_rows} rows were there before.")
    key = key_beside(path)
    if key.exists() and not settings.token_key:
        print_note(
            f"The key in {key} has not moved. Without it tokens and encrypted secrets are good no more: give every node the "
            "setting SHIPLEDGER_TOKEN_KEY, hex: and what is in the file."
        )
    print_note("Uploaded git packs have not moved: copy their folder, and name it in SHIPLEDGER_GIT_FOLDER.")


async def _move(source_url: str, settings: Settings, advance: Advance) -> Moved:
    from shipledger.store.moving.move import move as move_rows
    from shipledger.store.moving.source import Source
    from shipledger.store.moving.target import connected_target
    from shipledger.store.open import open_store, open_store_of
    from shipledger.store.postgres.options import read_options

    for store in (await open_store(source_url), await open_store_of(settings)):
        await store.close()  # both are at their newest schema now
    source = Source(parse_sqlite_path(source_url))
    try:
        async with connected_target(settings.database_url, read_options(settings)) as target:
            return await move_rows(source, target, advance=advance)
    finally:
        source.close()
