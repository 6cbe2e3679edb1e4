"""Questions about receipts, entries and verdicts."""

from __future__ import annotations

from shipledger.ledger.deployment import Entry
from shipledger.ledger.receipt import ReceiptState, Settlement
from shipledger.store import rows
from shipledger.store.contract import ReceiptFilter, ReceiptRecord, RecordedVerdict
from shipledger.store.sqlite.session import SqliteSession


class SqliteReceipts(SqliteSession):
    """What arrived, and what became of it."""

    async def find_settlement(self, organization_id: str, receipt_id: str) -> Settlement | None:
        """See ReadStore. ``settled_at`` of a quarantined receipt is when it was set aside."""
        parameters = {"organization_id": organization_id, "receipt_id": receipt_id}
        row = await self._read(lambda connection: connection.execute(self._sql["find_settlement"], parameters).fetchone())
        return None if row is None else rows.to_settlement(row)

    async def find_receipt(self, organization_id: str, receipt_id: str) -> ReceiptRecord | None:
        """See ReadStore."""
        parameters = {"organization_id": organization_id, "receipt_id": receipt_id}
        row = await self._read(lambda connection: connection.execute(self._sql["find_receipt"], parameters).fetchone())
        return None if row is None else rows.to_receipt_record(row)

    async def list_receipts(self, organization_id: str, wanted: ReceiptFilter) -> list[ReceiptRecord]:
        """See ReadStore. Newest by id: ids are as old as what they name."""
        is_unsettled = wanted.state not in (None, ReceiptState.SETTLED)
        statement = self._sql["list_unsettled_receipts" if is_unsettled else "list_receipts"]
        parameters = {
            "organization_id": organization_id,
            "state": wanted.state or "",
            "before_id": wanted.before_id,
            "limit": wanted.limit,
        }
        found = await self._read_long(lambda connection: connection.execute(statement, parameters).fetchall())
        return [rows.to_receipt_record(row) for row in found]

    async def list_entries(self, organization_id: str, deployment_id: str) -> list[Entry]:
        """See ReadStore."""
        parameters = {"organization_id": organization_id, "deployment_id": deployment_id}
        found = await self._read(lambda connection: connection.execute(self._sql["list_entries"], parameters).fetchall())
        return [rows.to_entry(row) for row in found]

    async def list_verdicts(self, organization_id: str, deployment_id: str) -> list[RecordedVerdict]:
        """See ReadStore."""
        parameters = {"organization_id": organization_id, "deployment_id": deployment_id}
        found = await self._read(lambda connection: connection.execute(self._sql["list_verdicts"], parameters).fetchall())
        return [rows.to_recorded_verdict(row) for row in found]
