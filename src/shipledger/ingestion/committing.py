"""Store a group of receipts within the time that a sender can wait."""

from __future__ import annotations

import asyncio

from shipledger.errors import InDoubt
from shipledger.ingestion.acceptance import Group
from shipledger.store.contract import Store

COMMIT_SECONDS = 5.0
"""If the database may hang, a slower commit is in doubt."""


async def commit_in_time(store: Store, group: Group) -> None:
    """Return once ``group`` is stored. Raises InDoubt, also on a timeout, and what ``append_receipts`` raises."""
    try:
        async with asyncio.timeout(COMMIT_SECONDS if store.is_parted else None):
            await store.append_receipts(
                group.receipts, claimed_by=group.claimed_by, concerns=group.concerns, translations=group.translations
            )
    except TimeoutError:
        raise InDoubt("database_unavailable", "The ledger is unavailable: the database does not answer.") from None
