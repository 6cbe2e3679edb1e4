"""Make receipts durable before their senders hear so.

Group commit without an added delay: while one batch is being committed the next one gathers, so a lone receipt is
committed at once and a crowd shares one commit.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from typing import Protocol

from shipledger.errors import Unavailable
from shipledger.incidents.model import Recording
from shipledger.ingestion.pressure import Pressure
from shipledger.ledger.receipt import Receipt
from shipledger.store.contract import IntakeStore

MAX_BATCH = 512


class IntakeObserver(Protocol):
    """Who wants to know how intake fares."""

    def observe_accepted(self, protocol: str) -> None:
        """One more receipt of ``protocol`` is durable."""

    def observe_commit(self, batch_size: int, seconds: float) -> None:
        """A batch of receipts was committed."""


class Settler(Protocol):
    """Who settles what intake has made durable."""

    def has_room(self, count: int) -> bool:
        """Whether ``count`` more receipts can be held in memory."""

    def offer(self, receipt: Receipt, submissions: Sequence[Recording]) -> None:
        """Take a durable receipt that is claimed by this node."""

    def look_in_store(self) -> None:
        """Free receipts wait in the store."""


class Intake:
    """A bounded queue of receipts and the task that commits them."""

    def __init__(
        self,
        *,
        store: IntakeStore,
        settler: Settler,
        observer: IntakeObserver,
        pressure: Pressure,
        node_id: str,
        queue_limit: int,
    ) -> None:
        self._store = store
        self._settler = settler
        self._observer = observer
        self._pressure = pressure
        self._node_id = node_id
        self._queue_limit = queue_limit
        self._waiting: deque[tuple[Receipt, Sequence[Recording], asyncio.Future[None]]] = deque()
        self._under_way = 0
        self._has_work = asyncio.Event()
        self._is_closed = False
        self._task: asyncio.Task[None] | None = None

    @property
    def depth(self) -> int:
        """How many receipts wait for their commit."""
        return len(self._waiting) + self._under_way

    def start(self) -> None:
        """Begin to commit."""
        self._task = asyncio.create_task(self._commit_batches(), name="intake")

    async def stop(self) -> None:
        """Refuse new receipts, finish those that wait."""
        self._is_closed = True
        self._has_work.set()
        if self._task is not None:
            await self._task

    async def accept(self, receipt: Receipt, submissions: Sequence[Recording]) -> None:
        """Return once ``receipt`` is durable. Raises Unavailable when the queue is full or the store cannot write."""
        if self._is_closed:
            raise Unavailable("stopping", "The server is stopping; send the request again.")
        if self.depth >= self._queue_limit:
            raise Unavailable("queue_full", "Too many writes are waiting; send the request again.")
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((receipt, submissions, done))
        self._has_work.set()
        await done

    async def _commit_batches(self) -> None:
        while True:
            await self._has_work.wait()
            while self._waiting:
                await self._commit_one_batch()
            if self._is_closed:
                return
            self._has_work.clear()

    async def _commit_one_batch(self) -> None:
        batch = [self._waiting.popleft() for _ in range(min(MAX_BATCH, len(self._waiting)))]
        self._under_way = len(batch)
        is_kept = self._settler.has_room(len(batch))
        began = time.perf_counter()
        try:
            await self._store.append_receipts([receipt for receipt, _, _ in batch], claimed_by=self._node_id if is_kept else None)
        except Exception as error:  # noqa: BLE001  every sender must hear, whatever went wrong
            for _, _, done in batch:
                if not done.done():
                    done.set_exception(error)
            return
        finally:
            self._under_way = 0
        self._pressure.note_commit(len(batch))
        self._observer.observe_commit(len(batch), time.perf_counter() - began)
        for receipt, submissions, done in batch:
            self._observer.observe_accepted(receipt.protocol)
            if is_kept:
                self._settler.offer(receipt, submissions)
            if not done.done():
                done.set_result(None)
        if not is_kept:
            self._settler.look_in_store()
