"""Receipts of organizations some of which may be out of reach, as on Citus while a worker is away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shipledger.ledger.identity import moment_of
from shipledger.ledger.receipt import Receipt
from shipledger.store import rows
from shipledger.store.postgres.reaching import PostgresReaching
from shipledger.store.receipts import rows as receipt_rows
from shipledger.store.receipts.intake import CHUNK_CHARACTERS, SqlIntake
from shipledger.store.receipts.pending import from_concerns
from shipledger.store.receipts.pending_contract import ConcernsById, TranslationsById


class PostgresIntake(PostgresReaching, SqlIntake):
    """Receipts until they are settled."""

    async def append_receipts(
        self,
        receipts: Sequence[Receipt],
        *,
        claimed_by: str | None,
        concerns: ConcernsById | None = None,
        translations: TranslationsById | None = None,
    ) -> None:
        """See IntakeStore. A statement alone is committed with it: senders wait for one round trip, not for four."""
        kept = translations or {}
        characters = sum(len(one.body) for one in receipts) + sum(map(len, kept.values()))
        if concerns is None or self._runner.is_spread or characters > CHUNK_CHARACTERS:
            await super().append_receipts(receipts, claimed_by=claimed_by, concerns=concerns, translations=translations)
            return
        await self._execute(
            "append_receipts_with_names",
            rows=rows.to_json(receipt_rows.from_receipt(one, kept.get(one.receipt_id, "")) for one in receipts),
            claimed_by=claimed_by,
            names=from_concerns(receipts, concerns),
        )

    async def find_newest_order(self) -> datetime | None:
        """See IntakeStore. A node must start while a worker is away: it does not know of the receipts there then."""
        found = await self._ask_each(lambda one: self._fetch("find_newest_receipt", organization_id=one))
        newest = max((one for one in found if one is not None), default=None)
        return moment_of(newest) if newest else None
