"""Retention of raw receipts; part of ``store.contract.Store``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct


class OldReceipt(Struct, frozen=True):
    """A settled receipt that still has its body and parameters."""

    receipt_id: str
    accepted_at: datetime


class RetentionStore(Protocol):
    """Empty old receipts. Their existence and verdicts stay."""

    async def list_old_receipts(
        self,
        organization_id: str,
        *,
        accepted_from: datetime,
        accepted_until: datetime,
        ordered_until: datetime,
        limit: int,
    ) -> list[OldReceipt]:
        """Settled receipts with contents, oldest first, that are old by both time and order.

        The upper bounds are exclusive.
        """

    async def count_old_receipts(self, organization_id: str, *, until: datetime, limit: int) -> int:
        """How many settled receipts from before ``until`` still have what arrived; at most ``limit``."""

    async def count_own_receipts(self, organization_id: str, *, operation: str, since: datetime) -> int:
        """How many receipts the ledger has written itself since then."""

    async def empty_receipts(self, organization_id: str, receipt_ids: Sequence[str]) -> int:
        """Delete body and parameters of settled receipts in one transaction. Returns how many were settled."""
