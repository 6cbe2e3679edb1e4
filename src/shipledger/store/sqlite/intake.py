"""Receipts on their way into a SQLite file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from shipledger.clock import to_microseconds
from shipledger.errors import Conflict, NotFound
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import Alias
from shipledger.store import rows
from shipledger.store.contract import Backlog, ClaimedReceipt, Loaded, Lookup
from shipledger.store.sqlite.connection import Connection
from shipledger.store.sqlite.session import SqliteSession

_CHUNK_CHARACTERS = 4_000_000


class SqliteIntake(SqliteSession):
    """Receipts until they are settled."""

    async def append_receipts(self, receipts: Sequence[Receipt], *, claimed_by: str | None) -> None:
        """See IntakeStore. Raises Conflict when one is recorded already, NotFound for an unknown organization."""
        chunks = [rows.to_json(map(rows.from_receipt, chunk)) for chunk in _chunks(receipts)]

        def append(connection: Connection) -> None:
            for chunk in chunks:
                connection.execute(self._sql["append_receipts"], {"rows": chunk, "claimed_by": claimed_by})

        await self._write(append)

    async def claim_receipts(self, *, node_id: str, limit: int) -> list[ClaimedReceipt]:
        """See IntakeStore."""

        def claim(connection: Connection) -> list[rows.Row]:
            return connection.execute(self._sql["claim_receipts"], {"node_id": node_id, "limit": limit}).fetchall()

        claimed = [ClaimedReceipt(receipt=rows.to_receipt(row), attempts=row[8]) for row in await self._write(claim)]
        return sorted(claimed, key=lambda one: (one.receipt.accepted_at, one.receipt.receipt_id))

    async def release_receipts(self, receipts: Sequence[Receipt], *, count_attempt: bool) -> None:
        """See IntakeStore."""
        parameters = {"keys": _keys(receipts), "attempts": int(count_attempt)}
        await self._write(lambda connection: connection.execute(self._sql["release_receipts"], parameters).rowcount)

    async def load(self, lookups: Sequence[Lookup]) -> Loaded:
        """See IntakeStore."""
        wanted = list(dict.fromkeys(lookups))
        if not wanted:
            return Loaded(deployments={}, by_alias={})
        parameters = {"lookups": rows.to_json(map(_lookup_row, wanted))}
        text = await self._read(lambda connection: connection.execute(self._sql["load_deployments"], parameters).fetchone()[0])
        loaded = Loaded(deployments={}, by_alias={})
        for place, deployment in rows.decode_placed_deployments(text or "[]"):
            lookup = wanted[place]
            loaded.deployments[deployment.organization_id, deployment.deployment_id] = deployment
            if lookup.alias is not None:
                loaded.by_alias[lookup.organization_id, lookup.alias] = deployment.deployment_id
        return loaded

    async def find_matching(self, organization_id: str, aliases: Sequence[Alias]) -> list[str]:
        """See IntakeStore."""
        names = sorted({(rows.storable(alias.scope), rows.storable(alias.key)) for alias in aliases})
        parameters = {"organization_id": organization_id, "aliases": rows.to_json(names), "count": len(names)}
        text = await self._read(lambda connection: connection.execute(self._sql["find_matching"], parameters).fetchone()[0])
        return sorted(rows.decode_strings(text))

    async def find_known_workspaces(self, organization_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """See IntakeStore. Every organization asked for has an element."""
        parameters = {"organization_ids": rows.to_json(sorted(set(organization_ids)))}
        text = await self._read(
            lambda connection: connection.execute(self._sql["list_mapped_repositories"], parameters).fetchone()[0]
        )
        workspaces: dict[str, set[str]] = {organization_id: set() for organization_id in organization_ids}
        for organization_id, key in rows.decode_pairs(text):
            workspaces[organization_id].add("/".join(key.split("/")[:2]))
        return {organization_id: frozenset(found) for organization_id, found in workspaces.items()}

    async def quarantine_receipt(self, receipt: Receipt, *, failure: str, now: datetime) -> None:
        """See IntakeStore."""
        parameters = {
            "organization_id": receipt.organization_id,
            "receipt_id": receipt.receipt_id,
            "failure": failure,
            "now_us": to_microseconds(now),
        }

        def quarantine(connection: Connection) -> None:
            if connection.execute(self._sql["quarantine_receipt"], parameters).rowcount != 1:
                raise Conflict("receipt_not_pending", "The receipt has been settled or set aside meanwhile.")

        await self._write(quarantine)

    async def replay_receipt(self, organization_id: str, receipt_id: str) -> None:
        """See IntakeStore."""
        parameters = {"organization_id": organization_id, "receipt_id": receipt_id}

        def replay(connection: Connection) -> None:
            if connection.execute(self._sql["replay_receipt"], parameters).rowcount == 1:
                return
            state = connection.execute(self._sql["find_receipt_state"], parameters).fetchone()
            if state is None:
                raise NotFound("receipt_not_found", "No receipt of this organization has this id.")
            raise Conflict("receipt_not_quarantined", f"Only a quarantined receipt can be replayed; this one is {state[0]}.")

        await self._write(replay)

    async def find_oldest_pending(self, organization_id: str, *, except_node_id: str = "") -> datetime | None:
        """See IntakeStore."""
        parameters = {"organization_id": organization_id, "except_node_id": except_node_id}
        return rows.optional_time(
            await self._read(lambda connection: connection.execute(self._sql["find_oldest_pending"], parameters).fetchone()[0])
        )

    async def get_backlog(self) -> Backlog:
        """See IntakeStore."""
        pending, quarantined, oldest_us = await self._read(
            lambda connection: connection.execute(self._sql["get_backlog"]).fetchone()
        )
        return Backlog(pending=pending, quarantined=quarantined, oldest_accepted_at=rows.optional_time(oldest_us))

    async def find_newest_accepted_at(self) -> datetime | None:
        """See IntakeStore."""
        return rows.optional_time(
            await self._read(lambda connection: connection.execute(self._sql["find_newest_accepted"]).fetchone()[0])
        )


def _keys(receipts: Sequence[Receipt]) -> str:
    return rows.to_json((receipt.organization_id, receipt.receipt_id) for receipt in receipts)


def _lookup_row(lookup: Lookup) -> rows.Row:
    alias = lookup.alias or Alias(scope="", key="")
    deployment_id = lookup.deployment_id if lookup.alias is None else None
    return (lookup.organization_id, deployment_id, rows.storable(alias.scope), rows.storable(alias.key))


def _chunks(receipts: Sequence[Receipt]) -> Iterator[list[Receipt]]:
    """The receipts in pieces whose JSON stays small, so that large bodies do not fill the memory several times over."""
    chunk: list[Receipt] = []
    characters = 0
    for receipt in receipts:
        chunk.append(receipt)
        characters += len(receipt.body)
        if characters >= _CHUNK_CHARACTERS:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk
