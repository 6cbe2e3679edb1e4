"""Keep raw receipts no longer than wanted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shipledger.clock import from_microseconds, to_microseconds
from shipledger.ledger.identity import new_id
from shipledger.store.erasure.catalog_erasure import Erasing
from shipledger.store.erasure.retention_contract import OldReceipt
from shipledger.store.session import Steps, call


class SqlRetention(Erasing):
    """See RetentionStore."""

    async def list_old_receipts(
        self,
        organization_id: str,
        *,
        accepted_from: datetime,
        accepted_until: datetime,
        ordered_until: datetime,
        limit: int,
    ) -> list[OldReceipt]:
        found = await self._fetch_long(
            "list_old_receipts",
            organization_id=organization_id,
            from_us=to_microseconds(accepted_from),
            until_us=to_microseconds(accepted_until),
            until_id=new_id(ordered_until, bytes(8)),
            limit=limit,
        )
        return [OldReceipt(receipt_id=receipt_id, accepted_at=from_microseconds(us)) for receipt_id, us in found]

    async def count_old_receipts(self, organization_id: str, *, until: datetime, limit: int) -> int:
        until_us = to_microseconds(until)
        count: int = await self._fetch_long("count_old_receipts", organization_id=organization_id, until_us=until_us, limit=limit)
        return count

    async def count_own_receipts(self, organization_id: str, *, operation: str, since: datetime) -> int:
        place = {"organization_id": organization_id, "operation": operation}
        count: int = await self._fetch("count_own_receipts", **place, since_us=to_microseconds(since))
        return count

    async def empty_receipts(self, organization_id: str, receipt_ids: Sequence[str]) -> int:
        def empty() -> Steps[int]:
            count = 0
            for receipt_id in receipt_ids:
                count += yield call("empty_receipt", organization_id=organization_id, receipt_id=receipt_id)
            return count

        return await self._erase_steps(empty())
