"""Make receipts durable before their senders hear so.

Group commit without an added delay: while one batch is being committed the next one gathers, so a lone receipt is
committed at once and a crowd shares one commit. Who cannot be reached goes on apart (``SideLanes``).
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from functools import partial

from shipledger.errors import Unavailable
from shipledger.incidents.model import Recording
from shipledger.ingestion.acceptance import Acceptance, Arrival, Group, IntakeObserver, Settler
from shipledger.ingestion.concerns import concerns_of
from shipledger.ingestion.pressure import Pressure
from shipledger.ingestion.side_lanes import SideLanes
from shipledger.ingestion.task import SUBMISSION_SIZE
from shipledger.ledger.receipt import Receipt
from shipledger.long_work import run_beside
from shipledger.store.contract import Store

MAX_BATCH = 512
MAX_WAITING_CHARACTERS = 64 * 1024 * 1024
SHARE_OUT_OF_REACH = 4
"""Organizations that are out of reach may take one of so many places in the queue, so that others find one."""


class Intake:
    """A bounded queue of receipts and the task that commits them."""

    def __init__(
        self,
        *,
        store: Store,
        settler: Settler,
        observer: IntakeObserver,
        pressure: Pressure,
        node_id: str,
        queue_limit: int,
        apart_at_once: int,
    ) -> None:
        self._store = store
        self._observer = observer
        self._pressure = pressure
        self._queue_limit = queue_limit
        self._acceptance = Acceptance(settler=settler, observer=observer, node_id=node_id)
        self._lanes = SideLanes(store=store, acceptance=self._acceptance, at_once=apart_at_once)
        self._waiting: deque[Arrival] = deque()
        self._has_work = asyncio.Event()
        self._is_closed = False
        self._task: asyncio.Task[None] | None = None

    @property
    def depth(self) -> int:
        """How many receipts wait for their commit."""
        return self._acceptance.count

    def start(self) -> None:
        """Begin to commit."""
        self._task = asyncio.create_task(self._commit_batches(), name="intake")

    async def stop(self) -> None:
        """Refuse new receipts, finish those that wait."""
        self._is_closed = True
        self._has_work.set()
        if self._task is not None:
            await self._task
        await self._lanes.stop()

    @property
    def is_alive(self) -> bool:
        """Whether the task that commits still runs."""
        return self._task is not None and not self._task.done()

    async def accept(self, receipt: Receipt, submissions: Sequence[Recording]) -> None:
        """Return once ``receipt`` is durable. Raises Unavailable when the queue is full or the store cannot write."""
        size = SUBMISSION_SIZE * len(submissions)
        concerns = await run_beside(partial(concerns_of, receipt.organization_id, submissions), size=size)
        if self._is_closed:
            raise Unavailable("stopping", "The server is stopping; send the request again.")
        is_full = self.depth >= self._queue_limit or self._acceptance.characters >= MAX_WAITING_CHARACTERS
        if is_full or (receipt.organization_id in self._lanes and self._lanes.count >= self._queue_limit / SHARE_OUT_OF_REACH):
            raise Unavailable("queue_full", "Too many writes are waiting; send the request again.")
        arrival = self._acceptance.admit(receipt, submissions, concerns)
        if not self._lanes.take_over(arrival):
            self._waiting.append(arrival)
            self._has_work.set()
        await arrival.done

    async def _commit_batches(self) -> None:
        while True:
            await self._has_work.wait()
            while self._waiting:
                await self._commit_one_batch()
            if self._is_closed:
                return
            self._has_work.clear()

    async def _commit_one_batch(self) -> None:
        batch = [one for one in self._take() if not self._lanes.take_over(one)]
        if not batch:
            return
        began = time.perf_counter()
        await asyncio.gather(*map(self._commit, self._acceptance.part(batch)))
        self._pressure.note_commit(len(batch))
        self._observer.observe_commit(len(batch), time.perf_counter() - began)

    def _take(self) -> list[Arrival]:
        return [self._waiting.popleft() for _ in range(min(MAX_BATCH, len(self._waiting)))]

    async def _commit(self, group: Group) -> None:
        """One receipt that cannot be kept undoes the commit of all, so each is then committed alone."""
        try:
            await self._store.append_receipts(group.receipts, claimed_by=group.claimed_by, concerns=group.concerns)
        except Unavailable as error:
            self._lanes.divert(group, error)
        except Exception as error:  # noqa: BLE001  every sender must hear, whatever went wrong
            if len(group.arrivals) == 1:
                self._acceptance.refuse(group, error)
            else:
                await asyncio.gather(*(self._commit(Group([one], group.claimed_by)) for one in group.arrivals))
        else:
            self._acceptance.confirm(group)
