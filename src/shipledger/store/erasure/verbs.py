"""Erase: take the words and leave the places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from shipledger.clock import from_microseconds, to_microseconds
from shipledger.ledger.aggregate import Aggregate
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.digest import digest_entry, digest_of
from shipledger.ledger.receipt import ReceiptState
from shipledger.store import rows
from shipledger.store.codecs import codec_of
from shipledger.store.erasure.catalog_erasure import SqlCatalogErasure, bury
from shipledger.store.erasure.contract import (
    FoundReceipts,
    FoundSubjects,
    HistoryErasure,
    Place,
    Selection,
    SentEntry,
    Tombstone,
    TombstoneKind,
)
from shipledger.store.projecting import Cause, Change
from shipledger.store.receipts.rows import from_verdict
from shipledger.store.session import Steps, call
from shipledger.store.settlement.verbs import append_of
from shipledger.store.templates import named
from shipledger.store.tiers.verbs import SqlTiers

_NEVER_DECIDED = "Erased before it was settled."


class SqlErasure(SqlCatalogErasure, SqlTiers):
    """See ErasureStore."""

    async def count_to_walk(self, organization_id: str) -> int:
        count: int = await self._fetch_long("count_others_to_walk", organization_id=organization_id)
        for kind in self.aggregates.kinds:
            statement = named("count_{kind}_entries_after", kind)
            count += await self._fetch_long(statement, organization_id=organization_id, after=0)
        return count

    async def find_subjects_to_erase(self, selection: Selection, kind: str, after: Place, *, limit: int) -> FoundSubjects:
        found = await self._fetch_long(
            named("list_{kind}s_to_erase", kind),
            **msgspec.structs.asdict(selection),
            after_id=after.subject_id,
            after_version=after.version,
            limit=limit,
        )
        entries: dict[str, int] = {}
        for subject_id, _, is_wanted in found:
            if is_wanted:
                entries[subject_id] = entries.get(subject_id, 0) + 1
        is_last = len(found) < limit
        return FoundSubjects(seen=len(found), entries=entries, after=None if is_last else Place(found[-1][0], found[-1][1]))

    async def find_receipts_to_erase(self, selection: Selection, after: str, *, limit: int) -> FoundReceipts:
        found = await self._fetch_long(
            "list_receipts_to_erase",
            organization_id=selection.organization_id,
            credential_id=selection.credential_id,
            after=after,
            limit=limit,
        )
        wanted = tuple(receipt_id for receipt_id, is_wanted in found if is_wanted)
        return FoundReceipts(seen=len(found), receipt_ids=wanted, after=found[-1][0] if len(found) == limit else None)

    async def read_history(self, kind: str, organization_id: str, subject_id: str) -> list[SentEntry]:
        found = await self._fetch_long(named("read_{kind}_history", kind), organization_id=organization_id, subject_id=subject_id)
        return [_to_sent_entry(self.aggregates[kind], row) for row in found]

    async def erase_histories(self, erasures: Sequence[HistoryErasure]) -> None:
        def erase() -> Steps[None]:
            for erasure in erasures:
                yield from _erase_history(self.aggregates[erasure.kind], erasure)
                yield from self._project(erasure)

        await self._erase_steps(erase())

    def _project(self, erasure: HistoryErasure) -> Steps[None]:
        key, folded = (erasure.organization_id, erasure.subject_id), erasure.folded
        if erasure.kind == Deployment.kind:
            if folded is not None:
                yield from self._tell_resolved(Change(Cause.ERASURE, deployments=(folded,)))
                return
            yield from self._tell(Change(Cause.ERASURE, erased_deployments=(key,)))
        else:
            lost = ((erasure.kind, key),) if folded is None else ()
            yield from self._tell(Change(Cause.ERASURE, records=(folded,) if folded else (), erased_records=lost))

    async def erase_receipts(self, organization_id: str, receipt_ids: Sequence[str], *, reason: str, now: datetime) -> int:
        def erase() -> Steps[int]:
            erased = 0
            for receipt_id in receipt_ids:
                erased += yield from _erase_receipt(organization_id, receipt_id, reason, now)
            return erased

        return await self._erase_steps(erase())

    async def delete_credential(self, organization_id: str, credential_id: str, *, reason: str, now: datetime) -> bool:
        tombstone = Tombstone(
            organization_id=organization_id,
            kind=TombstoneKind.CREDENTIAL,
            subject_id=credential_id,
            version=0,
            digest=None,
            erased_at=now,
            reason=reason,
        )

        def delete() -> Steps[bool]:
            yield call("forget_refused_of", organization_id=organization_id, credential_id=credential_id)
            deleted = yield call("delete_credential", organization_id=organization_id, credential_id=credential_id)
            if deleted:
                yield bury(tombstone)
            return bool(deleted)

        return await self._erase_steps(delete())

    async def list_tombstones(self, organization_id: str, *, after: Tombstone | None, limit: int) -> list[Tombstone]:
        found = await self._fetch_long(
            "list_tombstones",
            organization_id=organization_id,
            kind="" if after is None else after.kind,
            subject_id="" if after is None else after.subject_id,
            version=0 if after is None else after.version,
            limit=limit,
        )
        return [_to_tombstone(row) for row in found]


def _erase_history(aggregate: Aggregate, erasure: HistoryErasure) -> Steps[None]:
    place = {"organization_id": erasure.organization_id, "subject_id": erasure.subject_id}
    yield append_of(aggregate, [erasure.appended])
    for one in erasure.erased:
        submission = rows.to_document(one.left)
        yield call(named("erase_{kind}_entry", erasure.kind), **place, version=one.tombstone.version, submission=submission)
        yield bury(one.tombstone)


def _erase_receipt(organization_id: str, receipt_id: str, reason: str, now: datetime) -> Steps[bool]:
    place = {"organization_id": organization_id, "receipt_id": receipt_id}
    row = yield call("find_receipt_content", **place)
    if row is None:
        return False
    *content, state = row
    tombstone = Tombstone(
        organization_id=organization_id,
        kind=TombstoneKind.RECEIPT,
        subject_id=receipt_id,
        version=0,
        digest=digest_of(content),
        erased_at=now,
        reason=reason,
    )
    if not (yield bury(tombstone)):
        return False
    now_us = to_microseconds(now)
    yield call("erase_receipt", **place, now_us=now_us)
    yield call("erase_verdicts", **place)
    if state != ReceiptState.SETTLED:
        yield call("forget_names_of_receipt", **place)
        verdict = from_verdict((organization_id, receipt_id, 0, "rejected", "", _NEVER_DECIDED, "", None))
        yield call("save_erased_verdict", **place, sentence=_NEVER_DECIDED, digest=verdict[-1], now_us=now_us)
    return True


def _to_sent_entry(aggregate: Aggregate, row: rows.Row) -> SentEntry:
    *columns, credential_id = row
    entry = codec_of(aggregate).to_entry(columns)
    digest = digest_entry(rows.describe_entry_row(aggregate.kind, columns))
    return SentEntry(entry=entry, credential_id=credential_id, digest=digest)


def _to_tombstone(row: rows.Row) -> Tombstone:
    organization_id, kind, subject_id, version, digest, erased_us, reason = row
    return Tombstone(
        organization_id=organization_id,
        kind=kind,
        subject_id=subject_id,
        version=version,
        digest=digest,
        erased_at=from_microseconds(erased_us),
        reason=reason,
    )
