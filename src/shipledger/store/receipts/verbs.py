"""Questions about receipts, entries and verdicts."""

from __future__ import annotations

from datetime import datetime, timedelta

from shipledger.clock import EPOCH
from shipledger.deployments.aggregate import DEPLOYMENTS
from shipledger.found import Found, whole
from shipledger.ledger.deployment import Entry
from shipledger.ledger.identity import new_id
from shipledger.ledger.receipt import ReceiptState, Settlement
from shipledger.ledger.receipt_listing import ReceiptFilter, ReceiptRecord, RecordedVerdict
from shipledger.store import rows
from shipledger.store.bounds import from_bound, until_bound
from shipledger.store.codecs import codec_of
from shipledger.store.receipts import rows as receipt_rows
from shipledger.store.row_reading import read_each
from shipledger.store.session import Session

_CLOCKS_DIFFER = timedelta(days=1)
"""How far the clock that accepted a receipt may have been ahead of the order that its id tells."""


class SqlReceipts(Session):
    """What arrived, and what became of it."""

    async def find_settlement(self, organization_id: str, receipt_id: str) -> Settlement | None:
        """See ReadStore. ``settled_at`` of a quarantined receipt is when it was set aside."""
        row = await self._fetch("find_settlement", organization_id=organization_id, receipt_id=receipt_id)
        return None if row is None else receipt_rows.to_settlement(row)

    async def find_receipt(self, organization_id: str, receipt_id: str) -> ReceiptRecord | None:
        row = await self._fetch("find_receipt", organization_id=organization_id, receipt_id=receipt_id)
        return None if row is None else receipt_rows.to_receipt_record(row)

    async def list_receipts(self, organization_id: str, wanted: ReceiptFilter) -> Found[ReceiptRecord]:
        """See ReadStore. Newest by id: ids are as old as what they name."""
        is_unsettled = wanted.state not in (None, ReceiptState.SETTLED)
        found = await self._fetch_long(
            "list_unsettled_receipts" if is_unsettled else "list_receipts",
            organization_id=organization_id,
            state=wanted.state or "",
            from_id=_first_id(wanted.accepted_from),
            before_id=wanted.before_id,
            from_us=from_bound(wanted.accepted_from),
            until_us=until_bound(wanted.accepted_until),
            limit=wanted.limit,
        )
        return read_each(receipt_rows.to_receipt_record, found)

    async def list_entries(self, organization_id: str, deployment_id: str) -> list[Entry]:
        found = await self._fetch("list_deployment_entries", organization_id=organization_id, subject_id=deployment_id)
        return whole(read_each(codec_of(DEPLOYMENTS).to_entry, found))

    async def list_verdicts(self, organization_id: str, deployment_id: str) -> list[RecordedVerdict]:
        found = await self._fetch("list_verdicts", organization_id=organization_id, deployment_id=deployment_id)
        return read_each(receipt_rows.to_recorded_verdict, found)

    async def list_verdicts_that_say(
        self, organization_id: str, text: str, *, receipts: int, limit: int
    ) -> list[RecordedVerdict]:
        found = await self._fetch_long(
            "list_verdicts_that_say",
            organization_id=organization_id,
            pattern=f"%{rows.storable(text).upper()}%",
            receipts=receipts,
            limit=limit,
        )
        # What LIKE takes for any character is meant as written.
        recorded = read_each(receipt_rows.to_recorded_verdict, found)
        return [one for one in recorded if text.upper() in one.verdict.sentence.upper()]


def _first_id(accepted_from: datetime | None) -> str:
    """Where a walk back through receipts can end."""
    return "" if accepted_from is None else new_id(max(EPOCH + _CLOCKS_DIFFER, accepted_from) - _CLOCKS_DIFFER, bytes(8))
