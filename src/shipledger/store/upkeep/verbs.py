"""Rebuilds and verification over all organizations."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from shipledger.ledger.aggregate import Aggregates
from shipledger.ledger.deployment import Deployment
from shipledger.store import rows
from shipledger.store.fencing import SqlFencing
from shipledger.store.projecting import Cause, Change, key_of
from shipledger.store.projections.deployment_tables import TABLES
from shipledger.store.session import Steps, call
from shipledger.store.templates import named
from shipledger.store.tiers.verbs import SqlTiers


class Projection(NamedTuple):
    """The ``statement`` that reads a table in the order of its key, for a digest; the first column has the organization.

    Column ``named_by`` has the record of which a row is made.
    """

    statement: str
    named_by: int = 1


_PROJECTIONS: dict[str, Projection] = {
    "deployment": Projection("read_deployment_rows"),
    **{one.table: Projection(one.read, one.named_by) for one in TABLES},
}


def list_projections(aggregates: Aggregates) -> dict[str, Projection]:
    """How each projection table is read."""
    plain = [one for one in aggregates if one.keeping.is_plain]
    records = {one.keeping.table: Projection(named("read_{kind}_rows", one.kind)) for one in plain}
    names = {one.keeping.table_of_names: Projection(named("read_{kind}_alias_rows", one.kind), named_by=3) for one in plain}
    parts = {part.table: Projection(named("read_{part}_rows", part.table)) for one in plain for part in one.keeping.parts}
    return _PROJECTIONS | records | names | parts


_CHECKS: tuple[tuple[str, str, str], ...] = (
    ("find_settled_without_verdict", "receipt", "This receipt is settled, but no verdict is kept."),
    ("find_verdicts_without_deployment", "verdict", "A verdict on this receipt names a deployment that has no entries."),
    ("find_entries_without_deployment", "deployment", "This deployment has entries but no projection; run a rebuild."),
    ("find_deployments_at_wrong_version", "deployment", "This projection is not at its last entry; run a rebuild."),
    (
        "find_aliases_without_deployment",
        "deployment_alias",
        "This name refers to a deployment that does not exist; run a rebuild.",
    ),
    (
        "find_releases_without_deployment",
        "deployment_release",
        "This release belongs to a deployment that does not exist; run a rebuild.",
    ),
)
"""Statements that find broken references, the table that each is about, and what it means."""


def list_checks(aggregates: Aggregates) -> list[tuple[str, str, str]]:
    """The same, with those of every aggregate."""
    gaps = [
        (
            named("find_gaps_in_{kind}_entries", one.kind),
            one.keeping.entries,
            f"The entries of this {one.kind} are not numbered without gaps.",
        )
        for one in aggregates
    ]
    return [*_CHECKS, *gaps]


MOST_FINDINGS = 1_000
_HASH_BYTES = 8


def hash_row(row: bytes) -> int:
    """A 64-bit number for a row as JSON: a set of them tells which rows of two tables differ."""
    return int.from_bytes(hashlib.blake2b(row, digest_size=_HASH_BYTES).digest(), "big")


class SqlUpkeep(SqlTiers, SqlFencing):
    """Upkeep over all organizations."""

    async def count_entries(self) -> int:
        return await self.count_entries_of(Deployment.kind)

    async def count_entries_of(self, kind: str) -> int:
        count: int = await self._fetch_long(named("count_{kind}_entries", kind))
        return count

    async def clear_projections(self) -> None:
        def clear() -> Steps[None]:
            yield from self._hold_rebuild()
            yield from self._tell(Change(Cause.REBUILD, is_whole=True))

        await self._write_steps_long(clear())

    async def note_import(self) -> None:
        await self._execute("note_import")

    async def tell_import(self) -> None:
        def tell() -> Steps[None]:
            if (yield call("forget_import")):
                yield from self._tell(Change(Cause.IMPORT, is_whole=True))

        if await self._fetch("find_import"):
            await self._write_steps(tell())

    async def save_projections(self, deployments: Sequence[Deployment]) -> None:
        """See MaintenanceStore. What is stored at a newer version stays: a server may have settled more meanwhile."""
        keys = rows.to_json((one.organization_id, one.deployment_id, one.version) for one in deployments)

        def save() -> Steps[None]:
            yield from self._hold_rebuild()
            newer = {tuple(row) for row in (yield call("list_stale_projections", keys=keys))}
            saved = tuple(one for one in deployments if key_of(one) not in newer)
            yield from self._tell_resolved(Change(Cause.REBUILD, deployments=saved))

        await self._write_steps_long(save())
