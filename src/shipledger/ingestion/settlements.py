"""Wait for the settlement of a receipt."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from shipledger.ingestion.news import News
from shipledger.ledger.receipt import Settlement
from shipledger.store.receipts.outcome import to_settlement
from shipledger.store.receipts.settled import SettledReceipt


class Watch:
    """A caller's watch on a receipt, started before it checks whether the receipt is settled.

    ``settlement`` is the outcome, if the announcement included it.
    """

    def __init__(self) -> None:
        self._settled = asyncio.Event()
        self.settlement: Settlement | None = None

    def announce(self, settlement: Settlement | None = None) -> None:
        """The receipt was settled."""
        self.settlement = settlement
        self._settled.set()

    async def wait(self, seconds: float) -> bool:
        """Whether the receipt is announced within ``seconds``, or has been since the watch started."""
        try:
            async with asyncio.timeout(seconds):
                await self._settled.wait()
        except TimeoutError:
            return self._settled.is_set()
        return True


class Settlements:
    """Notifies waiting callers of receipts settled by this process. ``news``: of the records that they changed."""

    def __init__(self) -> None:
        self.news = News()
        self._watches: dict[str, set[Watch]] = {}
        self._is_watched = asyncio.Event()

    async def wait_for_watch(self) -> None:
        """Return as soon as a receipt is watched."""
        await self._is_watched.wait()

    def announce(self, receipt_ids: Iterable[str]) -> None:
        """Wake the watchers of these receipts; they read the outcome themselves."""
        if self._watches:
            for receipt_id in receipt_ids:
                for watch in self._watches.get(receipt_id, ()):
                    watch.announce()

    def announce_settled(self, receipts: Sequence[SettledReceipt], settled_at: datetime) -> None:
        """Wake the watchers of these receipts and pass them the committed verdicts."""
        if self._watches:
            for settled in receipts:
                watches = self._watches.get(settled.receipt.receipt_id)
                if watches:
                    settlement = to_settlement(settled, settled_at)
                    for watch in watches:
                        watch.announce(settlement)

    @contextmanager
    def watch(self, receipt_id: str) -> Iterator[Watch]:
        """Watch a receipt. Start before reading its state, or its settlement may be missed."""
        watch = Watch()
        self._watches.setdefault(receipt_id, set()).add(watch)
        self._is_watched.set()
        try:
            yield watch
        finally:
            watches = self._watches[receipt_id]
            watches.discard(watch)
            if not watches:
                del self._watches[receipt_id]
            if not self._watches:
                self._is_watched.clear()
