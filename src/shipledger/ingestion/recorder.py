"""Store a receipt and wait for its verdict: the one way in for every protocol.

Once a receipt is stored its sender must never be told otherwise. So the caller passes the "accepted" answer in advance,
and no later failure can replace it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Protocol, TypeVar

import structlog

from shipledger.access.trace import note_recorded
from shipledger.aggregates import Recording
from shipledger.errors import Unavailable, Unstorable
from shipledger.ingestion.intake import Intake
from shipledger.ingestion.settlements import Settlements, Watch
from shipledger.ledger.receipt import Receipt, ReceiptState, Settlement

LOOK_AGAIN_SECONDS = 0.5
"""Polling interval of a waiting caller: another node may have settled the receipt, and its announcement may be lost."""
ANSWER_SECONDS = 1.0
"""Extra time, after the wait for the verdict, to read the answer's data; then the sender gets "accepted"."""

Answer = TypeVar("Answer")
FromSettlement = Callable[[Settlement], Awaitable[Answer]]

log = structlog.get_logger(__name__)


class SettlementStore(Protocol):
    """The part of the store that has verdicts."""

    async def find_settlement(self, organization_id: str, receipt_id: str) -> Settlement | None:
        """The settlement of a receipt, or None if there is no such receipt."""


class Recorder:
    """Records receipts and returns their outcomes."""

    def __init__(self, *, store: SettlementStore, intake: Intake, settlements: Settlements) -> None:
        self._store = store
        self._intake = intake
        self._settlements = settlements
        self._left: set[asyncio.Task[object]] = set()

    async def record(
        self,
        receipt: Receipt,
        submissions: Sequence[Recording],
        accepted: Answer,
        *,
        settled: FromSettlement[Answer] | None = None,
        wait_seconds: float = 0.0,
    ) -> Answer:
        """Record a receipt. Returns what ``settled`` makes of its settlement, or ``accepted`` after ``wait_seconds``.

        Raises Unavailable if nothing was recorded. Once the receipt is stored, only Unstorable is raised,
        by which ``settled`` reports that verdict.
        """
        if not wait_seconds:
            await self._intake.accept(receipt, submissions)
            note_recorded()
            return accepted
        with self._settlements.watch(receipt.receipt_id) as watch:
            await self._intake.accept(receipt, submissions)
            note_recorded()
            answering = self._answer_settled(watch, receipt, settled, accepted, time.monotonic() + wait_seconds)
            return await self._in_time(answering, accepted, wait_seconds + ANSWER_SECONDS, receipt)

    async def find_settlement(self, organization_id: str, receipt_id: str, wait_seconds: float = 0.0) -> Settlement | None:
        """The settlement of a receipt, waiting at most ``wait_seconds`` for its verdicts. Raises Unavailable."""
        ends_at = time.monotonic() + wait_seconds
        with self._settlements.watch(receipt_id) as watch:
            found = await self._store.find_settlement(organization_id, receipt_id)
            if found is None or found.state is not ReceiptState.PENDING or time.monotonic() >= ends_at:
                return found
            return await self._follow(watch, organization_id, receipt_id, ends_at)

    async def _answer_settled(
        self, watch: Watch, receipt: Receipt, settled: FromSettlement[Answer] | None, accepted: Answer, ends_at: float
    ) -> Answer:
        found = await self._follow(watch, receipt.organization_id, receipt.receipt_id, ends_at)
        is_settled = found is not None and found.state is ReceiptState.SETTLED
        return accepted if settled is None or found is None or not is_settled else await settled(found)

    async def _follow(self, watch: Watch, organization_id: str, receipt_id: str, ends_at: float) -> Settlement | None:
        """The settlement of a pending receipt by ``ends_at``: as announced, else from the store.

        A temporarily unavailable store is retried, because the verdict may still be announced. Raises Unavailable
        if it is unavailable at the end.
        """
        while True:
            left = ends_at - time.monotonic()
            is_announced = left > 0 and await watch.wait(min(left, LOOK_AGAIN_SECONDS))
            if watch.settlement is not None:
                return watch.settlement
            try:
                found = await self._store.find_settlement(organization_id, receipt_id)
            except Unavailable:
                if is_announced or left <= 0:
                    raise
            else:
                if found is None or found.state is not ReceiptState.PENDING or is_announced or left <= 0:
                    return found

    async def _in_time(
        self, answering: Coroutine[object, object, Answer], accepted: Answer, seconds: float, receipt: Receipt
    ) -> Answer:
        """The result of ``answering``, or ``accepted`` if it fails or takes too long. Cancelling it does not wait for it.

        It runs in its own task, because a database call may take long to notice a cancellation.
        """
        task = asyncio.create_task(answering, name="answer to a recorded receipt")
        self._left.add(task)
        task.add_done_callback(self._forget)
        try:
            await asyncio.wait({task}, timeout=seconds)
        finally:
            if not task.done():
                task.cancel()
        if not task.done() or task.cancelled():
            return accepted
        error = task.exception()
        if error is None:
            return task.result()
        if isinstance(error, Unstorable):
            raise error
        if not isinstance(error, Unavailable):
            log.error(
                "An answer failed with an internal error; the sender was told that the receipt is accepted.",
                receipt_id=receipt.receipt_id,
                exc_info=error,
            )
        return accepted

    def _forget(self, task: asyncio.Task[object]) -> None:
        self._left.discard(task)
        if not task.cancelled():
            task.exception()  # otherwise asyncio would log an error that occurs after the answer
