"""Receipts on their way into a PostgreSQL database."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from shipledger.errors import Unavailable
from shipledger.ledger.receipt import Receipt
from shipledger.store.contract import ClaimedReceipt
from shipledger.store.postgres.errors import Cut
from shipledger.store.postgres.options import Options
from shipledger.store.postgres.session import PostgresSession
from shipledger.store.sql.intake import SqlIntake

_PAUSES_SECONDS = (0.1, 0.2, 0.4, 0.8, 1.5, 2.0, 2.0, 3.0)
"""How long a commit whose outcome is open is asked after: a server restarts within this time, or is away for longer."""


class PostgresIntake(PostgresSession, SqlIntake):
    """Receipts until they are settled."""

    def __init__(self, url: str, options: Options) -> None:
        super().__init__(url, options)
        self._in_doubt: list[Receipt] = []

    async def append_receipts(self, receipts: Sequence[Receipt], *, claimed_by: str | None) -> None:
        """See IntakeStore. Raises Conflict when one is recorded already, NotFound for an unknown organization.

        When the connection is cut in mid-commit, what is not there is appended again: the ids are ours, so that this can
        be told. A commit that is still under way is waited for. Raises Unavailable when the database stays away; then
        the receipts may be there, and be settled, though nobody was told so.
        """
        try:
            await super().append_receipts(receipts, claimed_by=claimed_by)
        except Cut:
            await self._append_missing(receipts, claimed_by)

    async def _append_missing(self, receipts: Sequence[Receipt], claimed_by: str | None) -> None:
        for pause_seconds in _PAUSES_SECONDS:
            await asyncio.sleep(pause_seconds)
            try:
                await self._append("append_missing_receipts", receipts, claimed_by)
            except Unavailable:
                continue
            return
        try:
            await self._append("append_missing_receipts", receipts, claimed_by)
        except Unavailable:
            self._in_doubt += receipts
            raise

    async def claim_receipts(self, *, node_id: str, limit: int) -> list[ClaimedReceipt]:
        """See IntakeStore. Receipts whose commit stayed in doubt are freed first: nobody settles them in this node."""
        if doubtful := tuple(self._in_doubt):
            await self.release_receipts(doubtful, count_attempt=False)
            del self._in_doubt[: len(doubtful)]
        return await super().claim_receipts(node_id=node_id, limit=limit)
