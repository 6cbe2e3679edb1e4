"""Make receipts durable before their senders hear so.

Group commit without an added delay: while one batch is being committed the next one gathers, so a lone receipt is
committed at once and a crowd shares one commit.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from shipledger.errors import Unavailable
from shipledger.incidents.model import Recording
from shipledger.ingestion.pressure import Pressure
from shipledger.ledger.receipt import Receipt
from shipledger.store.contract import IntakeStore

MAX_BATCH = 512
MAX_WAITING_CHARACTERS = 64 * 1024 * 1024
LARGE_BODY_CHARACTERS = 16 * 1024
"""A larger receipt is the first that is left in the store when memory for the settlement queue is full."""


class IntakeObserver(Protocol):
    """Who wants to know how intake fares."""

    def observe_accepted(self, protocol: str) -> None:
        """One more receipt of ``protocol`` is durable."""

    def observe_commit(self, batch_size: int, seconds: float) -> None:
        """A batch of receipts was committed."""


class Settler(Protocol):
    """Who settles what intake has made durable."""

    def has_room(self, count: int, characters: int) -> bool:
        """Whether ``count`` more receipts with bodies of so many ``characters`` can be held in memory."""

    def offer(self, receipt: Receipt, submissions: Sequence[Recording]) -> None:
        """Take a durable receipt that is claimed by this node."""

    def look_in_store(self) -> None:
        """Free receipts wait in the store."""


class Arrival(NamedTuple):
    """A receipt whose sender waits for ``done``."""

    receipt: Receipt
    submissions: Sequence[Recording]
    done: asyncio.Future[None]


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
        self._waiting: deque[Arrival] = deque()
        self._waiting_characters = 0
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

    @property
    def is_alive(self) -> bool:
        """Whether the task that commits still runs."""
        return self._task is not None and not self._task.done()

    async def accept(self, receipt: Receipt, submissions: Sequence[Recording]) -> None:
        """Return once ``receipt`` is durable. Raises Unavailable when the queue is full or the store cannot write."""
        if self._is_closed:
            raise Unavailable("stopping", "The server is stopping; send the request again.")
        if self.depth >= self._queue_limit or self._waiting_characters >= MAX_WAITING_CHARACTERS:
            raise Unavailable("queue_full", "Too many writes are waiting; send the request again.")
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(Arrival(receipt, submissions, done))
        self._waiting_characters += len(receipt.body)
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
        kept, left = self._part(batch)
        began = time.perf_counter()
        try:
            await asyncio.gather(self._commit(kept, claimed_by=self._node_id), self._commit(left, claimed_by=None))
        finally:
            self._under_way = 0
            self._waiting_characters -= sum(len(one.receipt.body) for one in batch)
        self._pressure.note_commit(len(batch))
        self._observer.observe_commit(len(batch), time.perf_counter() - began)

    def _part(self, batch: Sequence[Arrival]) -> tuple[Sequence[Arrival], Sequence[Arrival]]:
        """Those to keep in memory until they are settled, and those to leave in the store: large ones, where there is no room."""
        characters = sum(len(one.receipt.body) for one in batch)
        if self._settler.has_room(len(batch), characters):
            return batch, ()
        small = [one for one in batch if len(one.receipt.body) <= LARGE_BODY_CHARACTERS]
        if len(small) == len(batch) or not self._settler.has_room(len(small), sum(len(one.receipt.body) for one in small)):
            return (), batch
        return small, [one for one in batch if len(one.receipt.body) > LARGE_BODY_CHARACTERS]

    async def _commit(self, arrivals: Sequence[Arrival], *, claimed_by: str | None) -> None:
        if not arrivals:
            return
        try:
            await self._store.append_receipts([one.receipt for one in arrivals], claimed_by=claimed_by)
        except Exception as error:  # noqa: BLE001  every sender must hear, whatever went wrong
            for one in arrivals:
                if not one.done.done():
                    one.done.set_exception(error)
            return
        for one in arrivals:
            self._observer.observe_accepted(one.receipt.protocol)
            if claimed_by is not None:
                self._settler.offer(one.receipt, one.submissions)
            if not one.done.done():
                one.done.set_result(None)
        if claimed_by is None:
            self._settler.look_in_store()
