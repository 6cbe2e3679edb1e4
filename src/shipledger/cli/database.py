"""``shipledger database``: operations on a whole PostgreSQL database."""

from __future__ import annotations

import asyncio

import typer

from shipledger.cli.options import DatabaseOption, JsonOption, new_app
from shipledger.cli.output import print_json, print_line
from shipledger.database_url import is_postgres
from shipledger.errors import Invalid
from shipledger.protocols.registry import load_settings


def build() -> typer.Typer:
    """The commands."""
    app = new_app("Distribute a PostgreSQL ledger over a Citus cluster.")
    app.command("distribute")(distribute)
    app.callback()(_database)
    return app


def distribute(database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Distribute the tables over the workers of a Citus cluster, by organization. Safe to repeat.

    The URL must be the coordinator's. Stop all nodes first: tables are locked while rows move.
    """
    from shipledger.store.open import open_store_of
    from shipledger.store.postgres.distribution import Distribution
    from shipledger.store.postgres.distribution import distribute as spread
    from shipledger.store.postgres.options import read_options

    settings = load_settings(database_url=database)
    if not is_postgres(settings.database_url):
        raise Invalid(
            "database_url", "Only a PostgreSQL database can be distributed. `shipledger move` moves a ledger to PostgreSQL."
        )

    async def work() -> Distribution:
        store = await open_store_of(settings)
        await store.close()  # it is at its newest schema now
        return await spread(settings.database_url, read_options(settings))

    distribution = asyncio.run(work())
    if as_json:
        print_json(distribution)
        return
    print_line(f"{len(distribution.spread)} tables are distributed by organization over {len(distribution.workers)} workers.")
    print_line(f"Every worker has a copy of: {', '.join(distribution.copied)}.")
    print_line(f"Only the coordinator has: {', '.join(distribution.local)}.")


def _database() -> None:
    """Operations on a whole PostgreSQL database."""
