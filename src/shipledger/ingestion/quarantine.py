"""Set aside receipts that cannot be interpreted or settled, so that they hold up nobody and are not lost."""

from __future__ import annotations

import contextlib
from typing import Protocol

import structlog

from shipledger.clock import Clock
from shipledger.errors import Conflict, Unavailable
from shipledger.ingestion.settlements import Settlements
from shipledger.ledger.receipt import Receipt, ReceiptState
from shipledger.store.contract import Store

log = structlog.get_logger(__name__)


class QuarantineObserver(Protocol):
    """Who wants to know how many receipts are set aside."""

    def observe_quarantined(self) -> None:
        """One more receipt was set aside."""


class Quarantine:
    """Receipts wait here for a person, who looks at them and replays them."""

    def __init__(self, *, store: Store, clock: Clock, settlements: Settlements, observer: QuarantineObserver) -> None:
        self._store = store
        self._clock = clock
        self._settlements = settlements
        self._observer = observer

    async def set_aside(self, receipt: Receipt, error: Exception) -> None:
        """Keep the receipt with the error in words, unless it was settled meanwhile. Raises Unavailable."""
        log.error(
            "Quarantined a receipt that could not be interpreted or settled; see `shipledger receipts show`.",
            receipt_id=receipt.receipt_id,
            protocol=receipt.protocol,
            operation=receipt.operation,
            exc_info=error,
        )
        with contextlib.suppress(Conflict):
            await self._store.quarantine_receipt(receipt, failure=_describe(error), now=self._clock.now())
            self._observer.observe_quarantined()
        self._settlements.announce([receipt.receipt_id])

    async def was_settled(self, receipt: Receipt) -> bool:
        """Whether an earlier try has settled the receipt although the store did not say so. Raises Unavailable.

        That is raised, too, for a durable receipt that is not shown yet: a worker of Citus that fell amid a commit in two phases
        is back, and hears within a minute that its part is to be committed.
        """
        found = await self._store.find_settlement(receipt.organization_id, receipt.receipt_id)
        if found is None:
            raise Unavailable("receipt_not_shown", "The store does not return a receipt that it committed.")
        if found.state is ReceiptState.PENDING:
            return False
        self._settlements.announce([receipt.receipt_id])
        return True


def _describe(error: Exception) -> str:
    """In characters that every database keeps: an error may quote what it could not read."""
    text = f"{type(error).__name__}: {error}".replace("\0", "\ufffd")
    return text.encode("utf-8", "backslashreplace").decode()
