"""The names that pending receipts concern."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from shipledger.deployments.lookups import AFTER_ALL_IDS
from shipledger.ledger.identity import receipt_part
from shipledger.ledger.receipt import Receipt
from shipledger.store import rows
from shipledger.store.receipts.pending_contract import ConcernsById, PendingConcern
from shipledger.store.receipts.settled import SettledReceipt
from shipledger.store.session import Session, Steps, call


class SqlPending(Session):
    """See PendingStore."""

    async def find_pending(self, names: Collection[tuple[str, int]], *, besides: Collection[str]) -> list[PendingConcern]:
        if not names:
            return []
        found = await self._fetch("find_pending", names=rows.to_json(names), besides=rows.to_json(besides))
        return [PendingConcern(name, bool(may_record), receipt_id) for name, may_record, receipt_id in found]

    async def find_oldest_pending_record(self, organization_id: str) -> str | None:
        def find() -> Steps[str | None]:
            noted = yield call("find_oldest_pending_record", organization_id=organization_id)
            unnoted = yield call("find_oldest_unnoted", organization_id=organization_id)
            return min((one for one in (noted, unnoted) if one is not None), default=None)

        return await self._read_steps(find())

    async def is_record_pending(self, organization_id: str, record_id: str) -> bool:
        part = rows.storable(receipt_part(record_id))
        places = {"first_id": part, "last_id": f"{part}{AFTER_ALL_IDS}"}
        return await self._fetch("find_pending_receipt", organization_id=organization_id, **places) is not None

    async def find_oldest_unnoted(self, organization_id: str) -> str | None:
        found: str | None = await self._fetch("find_oldest_unnoted", organization_id=organization_id)
        return found

    async def note_names(self, receipts: Sequence[Receipt], concerns: ConcernsById) -> None:
        names = from_concerns(receipts, concerns)
        keys = rows.to_json((one.organization_id, one.receipt_id) for one in receipts)

        def note() -> Steps[None]:
            yield call("note_missing_names", rows=names)
            yield call("mark_names_noted", keys=keys)

        await self._write_steps(note())

    async def forget_settled_names(self) -> int:
        count: int = await self._execute("forget_settled_names")
        return count


def from_concerns(receipts: Iterable[Receipt], concerns: ConcernsById) -> str:
    """The rows of the names of receipts that arrive."""
    return rows.to_json(
        (one.organization_id, concern.name, one.receipt_id, int(concern.may_record))
        for one in receipts
        for concern in concerns[one.receipt_id]
    )


def forget_names(receipts: Sequence[SettledReceipt]) -> Steps[None]:
    """What forgets the names of receipts that are settled. The rows are made now."""
    names = rows.to_json(
        (one.receipt.organization_id, concern.name, one.receipt.receipt_id) for one in receipts for concern in one.concerns
    )

    def forget() -> Steps[None]:
        if names != "[]":
            yield call("forget_names", rows=names)

    return forget()
