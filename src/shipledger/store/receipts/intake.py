"""Receipts on their way in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from shipledger.clock import to_microseconds
from shipledger.deployments.lookups import Loaded, Lookup, Seek
from shipledger.errors import Conflict, DamagedRecord, NotFound
from shipledger.found import Found, whole
from shipledger.ledger.deployment import Deployment, is_dated
from shipledger.ledger.identity import moment_of
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.receipt_listing import Backlog
from shipledger.ledger.submission import Alias
from shipledger.store import rows
from shipledger.store.bounds import LATEST_US
from shipledger.store.receipts import rows as receipt_rows
from shipledger.store.receipts.contract import ClaimedReceipt
from shipledger.store.receipts.pending import SqlPending, from_concerns
from shipledger.store.receipts.pending_contract import ConcernsById, TranslationsById
from shipledger.store.row_reading import read_each
from shipledger.store.session import Steps, call

CHUNK_CHARACTERS = 4_000_000


class _Statements(NamedTuple):
    """How receipts are kept, and how their names."""

    append: str
    note: str


class SqlIntake(SqlPending):
    """Receipts until they are settled."""

    async def append_receipts(
        self,
        receipts: Sequence[Receipt],
        *,
        claimed_by: str | None,
        concerns: ConcernsById | None = None,
        translations: TranslationsById | None = None,
    ) -> None:
        """See IntakeStore. Raises Conflict when one is recorded already, NotFound for an unknown organization."""
        await self._append(_Statements("append_receipts", "note_names"), receipts, claimed_by, concerns, translations)

    async def append_missing_receipts(
        self,
        receipts: Sequence[Receipt],
        *,
        claimed_by: str | None,
        concerns: ConcernsById | None = None,
        translations: TranslationsById | None = None,
    ) -> None:
        """See IntakeStore. Raises NotFound for an unknown organization."""
        await self._append(
            _Statements("append_missing_receipts", "note_missing_names"), receipts, claimed_by, concerns, translations
        )

    async def _append(
        self,
        statements: _Statements,
        receipts: Sequence[Receipt],
        claimed_by: str | None,
        concerns: ConcernsById | None,
        translations: TranslationsById | None,
    ) -> None:
        kept = translations or {}
        chunks = [
            rows.to_json(receipt_rows.from_receipt(one, kept.get(one.receipt_id, "")) for one in chunk)
            for chunk in _chunks(receipts, kept)
        ]
        names = "[]" if concerns is None else from_concerns(receipts, concerns)
        ownership = {"claimed_by": claimed_by, "are_names_noted": int(concerns is not None)}
        if len(chunks) == 1 and names == "[]":
            # A statement alone is committed with it: senders wait for one round trip to a server, not for three.
            await self._execute(statements.append, rows=chunks[0], **ownership)
            return

        def append() -> Steps[None]:
            for chunk in chunks:
                yield call(statements.append, rows=chunk, **ownership)
            if names != "[]":
                yield call(statements.note, rows=names)

        await self._write_steps(append())

    async def claim_receipts(
        self, *, node_id: str, limit: int, organization_ids: Sequence[str] | None = None
    ) -> Found[ClaimedReceipt]:
        """See IntakeStore. One organization after the other: one statement cannot lock rows on several workers of Citus."""
        count_free = call("count_free_receipts", limit=limit)
        if organization_ids is not None:
            count_free = call("count_free_receipts_of", organization_ids=",".join(organization_ids), limit=limit)

        def claim() -> Steps[list[rows.Row]]:
            claimed: list[rows.Row] = []
            for organization_id, count in (yield count_free):
                claimed += yield call("claim_receipts", organization_id=organization_id, node_id=node_id, limit=count)
            return claimed

        found = await self._write_steps(claim())
        claimed = read_each(receipt_rows.to_claimed, found)
        return Found(sorted(claimed, key=lambda one: one.receipt.receipt_id), claimed.damaged)

    async def count_free_receipts(self, *, limit: int) -> dict[str, int]:
        return dict(await self._fetch("count_free_receipts", limit=limit))

    async def release_lost_claims(self, organization_id: str, *, node_id: str, held: Sequence[str]) -> int:
        count: int = await self._execute(
            "release_lost_claims", organization_id=organization_id, node_id=node_id, held=rows.to_json(held)
        )
        return count

    async def release_receipts(self, receipts: Sequence[Receipt], *, count_attempt: bool) -> None:
        await self._execute("release_receipts", keys=_keys(receipts), attempts=int(count_attempt))

    async def load(self, lookups: Sequence[Lookup]) -> Loaded:
        loaded = Loaded(deployments={}, by_alias={}, sought={})
        wanted = list(dict.fromkeys(lookups))
        if not wanted:
            return loaded
        text = await self._fetch("load_deployments", lookups=rows.to_json(map(_lookup_row, wanted)))
        for place, deployment in whole(rows.decode_placed_deployments(text)):
            lookup = wanted[place]
            loaded.deployments[deployment.organization_id, deployment.deployment_id] = deployment
            if lookup.seek is not None:
                loaded.sought[lookup] = deployment.deployment_id
            elif lookup.alias is not None:
                loaded.by_alias[lookup.organization_id, lookup.alias] = deployment.deployment_id
        return loaded

    async def read_deployments(self, organization_id: str, ids: Sequence[str]) -> Found[Deployment]:
        lookups = [_lookup_row(Lookup(organization_id=organization_id, deployment_id=one)) for one in dict.fromkeys(ids)]
        text = await self._fetch("load_deployments", lookups=rows.to_json(lookups)) if lookups else None
        found = rows.decode_placed_deployments(text)
        return Found((deployment for _, deployment in found), found.damaged)

    async def find_matching(self, organization_id: str, aliases: Sequence[Alias]) -> list[str]:
        names = sorted(set(map(rows.from_alias, aliases)))
        text = await self._fetch("find_matching", organization_id=organization_id, aliases=rows.to_json(names), count=len(names))
        return sorted(rows.decode_strings(text or "[]"))

    async def find_known_workspaces(self, organization_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """See IntakeStore. Every organization asked for has an element."""
        text = await self._fetch("list_mapped_repositories", organization_ids=rows.to_json(sorted(set(organization_ids))))
        workspaces: dict[str, set[str]] = {organization_id: set() for organization_id in organization_ids}
        for organization_id, key in rows.decode_pairs(text or "[]"):
            workspaces[organization_id].add("/".join(key.split("/")[:2]))
        return {organization_id: frozenset(found) for organization_id, found in workspaces.items()}

    async def quarantine_receipt(self, receipt: Receipt, *, failure: str, now: datetime) -> None:
        await self._quarantine(receipt.organization_id, receipt.receipt_id, failure, now)

    async def quarantine_damaged(self, damaged: DamagedRecord, *, now: datetime) -> None:
        await self._quarantine(damaged.organization_id, damaged.key, damaged.message, now)

    async def _quarantine(self, organization_id: str, receipt_id: str, failure: str, now: datetime) -> None:
        def quarantine() -> Steps[None]:
            count = yield call(
                "quarantine_receipt",
                organization_id=organization_id,
                receipt_id=receipt_id,
                failure=rows.storable(failure),
                now_us=to_microseconds(now),
            )
            if count != 1:
                raise Conflict("receipt_not_pending", "The receipt was settled or quarantined in the meantime.")

        await self._write_steps(quarantine())

    async def replay_receipt(self, organization_id: str, receipt_id: str) -> None:
        def replay() -> Steps[None]:
            if (yield call("replay_receipt", organization_id=organization_id, receipt_id=receipt_id)) == 1:
                return
            state = yield call("find_receipt_state", organization_id=organization_id, receipt_id=receipt_id)
            if state is None:
                raise NotFound("receipt_not_found", "No receipt of this organization has this id.")
            raise Conflict("receipt_not_quarantined", f"Only a quarantined receipt can be replayed; this one is {state}.")

        await self._write_steps(replay())

    async def get_backlog(self) -> Backlog:
        pending, quarantined, oldest_us = await self._fetch("get_backlog")
        return Backlog(pending=pending, quarantined=quarantined, oldest_accepted_at=rows.optional_time(oldest_us))

    async def find_newest_order(self) -> datetime | None:
        def find() -> Steps[str | None]:
            newest: list[str] = []
            for organization in (yield call("list_organizations")):
                found = yield call("find_newest_receipt", organization_id=organization[0])
                newest += [] if found is None else [found]
            return max(newest, default=None)

        found = await self._read_steps(find())
        return None if found is None else moment_of(found)


def _keys(receipts: Sequence[Receipt]) -> str:
    return rows.to_json((receipt.organization_id, receipt.receipt_id) for receipt in receipts)


def _lookup_row(lookup: Lookup) -> rows.Row:
    if lookup.alias is None:
        return (lookup.organization_id, lookup.deployment_id and rows.storable(lookup.deployment_id), "", "", "", 0)
    seek, at_us = lookup.seek or "", lookup.at_us
    if lookup.seek is None and is_dated(lookup.alias):
        seek, at_us = Seek.UNTIL, LATEST_US
    return (lookup.organization_id, None, *rows.from_alias(lookup.alias), seek, at_us)


def _chunks(receipts: Sequence[Receipt], translations: TranslationsById) -> Iterator[list[Receipt]]:
    """The receipts in pieces whose JSON stays small, so that large bodies do not fill the memory several times over."""
    chunk: list[Receipt] = []
    characters = 0
    for receipt in receipts:
        chunk.append(receipt)
        characters += len(receipt.body) + len(translations.get(receipt.receipt_id, ""))
        if characters >= CHUNK_CHARACTERS:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk
