"""Receipts of organizations some of which may be out of reach, as on Citus while a worker is away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog

from shipledger.errors import Unavailable
from shipledger.ledger.identity import moment_of
from shipledger.ledger.receipt import Receipt
from shipledger.store import receipt_rows, rows
from shipledger.store.pending_contract import ConcernsById
from shipledger.store.postgres.session import PostgresSession
from shipledger.store.sql.intake import CHUNK_CHARACTERS, SqlIntake
from shipledger.store.sql.pending import from_concerns

log = structlog.get_logger(__name__)


class PostgresIntake(PostgresSession, SqlIntake):
    """Receipts until they are settled."""

    async def append_receipts(
        self, receipts: Sequence[Receipt], *, claimed_by: str | None, concerns: ConcernsById | None = None
    ) -> None:
        """See IntakeStore. A statement alone is committed with it: senders wait for one round trip, not for four."""
        if concerns is None or self._runner.is_spread or sum(len(one.body) for one in receipts) > CHUNK_CHARACTERS:
            await super().append_receipts(receipts, claimed_by=claimed_by, concerns=concerns)
            return
        await self._execute(
            "append_receipts_with_names",
            rows=rows.to_json(map(receipt_rows.from_receipt, receipts)),
            claimed_by=claimed_by,
            names=from_concerns(receipts, concerns),
        )

    async def find_newest_order(self) -> datetime | None:
        """See IntakeStore. A node must start while a worker is away: it does not know of the receipts there then."""
        newest: list[str] = []
        refusals: list[Unavailable] = []
        for organization in await self._fetch("list_organizations"):
            try:
                found = await self._fetch("find_newest_receipt", organization_id=organization[0])
            except Unavailable as error:
                log.warning("An organization is out of reach.", organization_id=organization[0], reason=error.message)
                refusals.append(error)
            else:
                newest += [] if found is None else [found]
        if refusals and not newest:
            raise refusals[0]
        return moment_of(max(newest)) if newest else None
