"""Make a group of receipts durable, in a time that a sender can wait."""

from __future__ import annotations

import asyncio

from shipledger.errors import InDoubt
from shipledger.ingestion.acceptance import Group
from shipledger.store.contract import Store

COMMIT_SECONDS = 5.0
"""A commit that takes longer is in doubt where the database may hang."""


async def commit_in_time(store: Store, group: Group) -> None:
    """Return once ``group`` is durable. Raises InDoubt, also when that takes too long, and as ``append_receipts`` does."""
    try:
        async with asyncio.timeout(COMMIT_SECONDS if store.is_parted else None):
            await store.append_receipts(group.receipts, claimed_by=group.claimed_by, concerns=group.concerns)
    except TimeoutError:
        raise InDoubt("database_unavailable", "The ledger is unavailable: the database does not answer.") from None
