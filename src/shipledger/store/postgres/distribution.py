"""Spread the tables of a ledger over the workers of a Citus cluster, by organization.

Every table but a few is keyed by the organization, and nothing unique spans two, so all rows of one organization lie on one
worker, and every query of one organization is answered by it. The tables by which an organization is found at all, by a
secret or by its slug, are small; every worker has a whole copy of them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from msgspec import Struct

from shipledger.errors import Unavailable
from shipledger.store.postgres.connection import Connection, connected
from shipledger.store.postgres.options import Options
from shipledger.store.postgres.runner import ANY_SECONDS, Runner
from shipledger.store.session import call
from shipledger.store.tables import Table, sort_by_parents

_REFERENCE = "reference"


class Distribution(Struct, frozen=True):
    """Which tables are spread over which workers, of which every worker has a copy, and which stay on the coordinator."""

    workers: tuple[str, ...]
    spread: tuple[str, ...]
    copied: tuple[str, ...]
    local: tuple[str, ...]
    changed: int


async def distribute(database_url: str, options: Options) -> Distribution:
    """Distribute what is not distributed yet; done twice, the second time changes nothing.

    The coordinator's database must be at its newest schema. Tables are locked while their rows move. Raises Unavailable,
    with what to do, where there is no Citus or no worker.
    """
    runner = Runner()
    async with _connected(database_url, options, runner) as connection:
        workers = await _find_workers(connection, runner)
        known = dict((await runner.run(connection, call("list_distributed_tables"))) or ())
        copied: list[str] = []
        spread: list[str] = []
        local: list[str] = []
        for row in await _list_tables(connection, runner):
            if not row["belongs_to_organization"]:
                local.append(row["name"])
            elif row["spans_organizations"]:
                copied.append(row["name"])
            else:
                spread.append(row["name"])
        kinds = {**dict.fromkeys(copied, _REFERENCE), **dict.fromkeys(spread, "distributed")}
        changes = [name for name, kind in kinds.items() if known.get(name) != kind]
        if changes:
            await _change(connection, runner, changes, copied=copied)
    return Distribution(workers=workers, spread=tuple(spread), copied=tuple(copied), local=tuple(local), changed=len(changes))


async def _change(connection: Connection, runner: Runner, names: Sequence[str], *, copied: Sequence[str]) -> None:
    """All at once or not at all. A foreign key would bind tables that are not yet of one kind, so all are made anew after."""
    async with connection.transaction():
        await runner.run(connection, call("work_in_sequence"))
        references = await runner.run(connection, call("list_references"))
        for reference in references:
            await connection.execute(_fill(runner, "drop_reference", reference))
        for name in names:
            statement = "copy_to_every_node" if name in copied else "spread_by_organization"
            await runner.run(connection, call(statement, table=name), seconds=ANY_SECONDS)
        for reference in references:
            await connection.execute(_fill(runner, "add_reference", reference), timeout=ANY_SECONDS)


def _fill(runner: Runner, statement: str, reference: Mapping[str, str]) -> str:
    quoted = {name: f'"{reference[name]}"' for name in ("table", "name")}
    return runner.statements[statement].text.format(**quoted, definition=reference["definition"])


@asynccontextmanager
async def _connected(database_url: str, options: Options, runner: Runner) -> AsyncIterator[Connection]:
    async with connected(database_url, options) as connection:
        await runner.run(connection, call("lift_session_time_limits"))
        yield connection


async def _find_workers(connection: Connection, runner: Runner) -> tuple[str, ...]:
    is_loaded, is_created = await runner.run(connection, call("find_citus"))
    if not is_loaded:
        raise Unavailable(
            "citus_missing",
            "Citus is not installed. Install it on every node of the cluster, add it to shared_preload_libraries and "
            "restart. A single PostgreSQL without Citus is enough for most companies; see docs/scaling.md.",
        )
    if not is_created:
        raise Unavailable(
            "citus_missing", "Citus is loaded but not part of this database; run CREATE EXTENSION citus in it, on every node."
        )
    workers = tuple(f"{name}:{port}" for name, port in await runner.run(connection, call("list_workers")))
    if not workers:
        raise Unavailable("citus_no_workers", "The cluster has no workers; add some with citus_add_node('host', 5432).")
    return workers


async def _list_tables(connection: Connection, runner: Runner) -> list[dict[str, Any]]:
    """The tables, each after those that it refers to."""
    rows = {row["name"]: dict(row) for row in await runner.run(connection, call("list_tables_for_distribution"))}
    tables = [Table(name=name, columns=(), key=(), parents=frozenset(row["parents"])) for name, row in rows.items()]
    return [rows[table.name] for table in sort_by_parents(tables)]
