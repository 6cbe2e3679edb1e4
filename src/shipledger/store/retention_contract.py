"""What every store does to keep raw receipts no longer than wanted; part of ``store.contract.Store``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct


class OldReceipt(Struct, frozen=True):
    """A settled receipt that still has what arrived."""

    receipt_id: str
    accepted_at: datetime


class RetentionStore(Protocol):
    """Take what arrived from old receipts. That they came, and what was decided, stays."""

    async def list_old_receipts(
        self,
        organization_id: str,
        *,
        accepted_from: datetime,
        accepted_until: datetime,
        ordered_until: datetime,
        limit: int,
    ) -> list[OldReceipt]:
        """Settled receipts that still have what arrived, oldest first, and are old by their time and by the order too.

        The upper bounds are exclusive.
        """

    async def count_own_receipts(self, organization_id: str, *, since: datetime) -> int:
        """How many receipts the ledger has written to itself since then."""

    async def empty_receipts(self, organization_id: str, receipt_ids: Sequence[str]) -> int:
        """Forget body and parameters of settled receipts, in one transaction; how many were settled."""
