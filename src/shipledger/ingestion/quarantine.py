"""Quarantine receipts that cannot be interpreted or settled: they are kept and hold up nothing."""

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
    """Observer of quarantined receipts."""

    def observe_quarantined(self) -> None:
        """A receipt was quarantined."""


class Quarantine:
    """Keeps receipts for an operator to inspect and replay."""

    def __init__(self, *, store: Store, clock: Clock, settlements: Settlements, observer: QuarantineObserver) -> None:
        self._store = store
        self._clock = clock
        self._settlements = settlements
        self._observer = observer

    async def set_aside(self, receipt: Receipt, error: Exception) -> None:
        """Quarantine the receipt with the error's text, unless it was settled in the meantime. Raises Unavailable."""
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
        """Whether an earlier attempt settled the receipt without the store confirming it. Raises Unavailable.

        Also raises Unavailable for a stored receipt that is not visible yet: after a Citus worker fails during a two-phase
        commit, its part is committed within a minute of its return.
        """
        found = await self._store.find_settlement(receipt.organization_id, receipt.receipt_id)
        if found is None:
            raise Unavailable("receipt_not_shown", "The store does not return a receipt that it committed.")
        if found.state is ReceiptState.PENDING:
            return False
        self._settlements.announce([receipt.receipt_id])
        return True


def _describe(error: Exception) -> str:
    """In storable characters: an error may quote what it could not read."""
    text = f"{type(error).__name__}: {error}".replace("\0", "\ufffd")
    return text.encode("utf-8", "backslashreplace").decode()
