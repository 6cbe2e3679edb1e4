"""Settle receipts: choose which are settled next, together, and when."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog

from shipledger.aggregates import Recording
from shipledger.catalog.host_aliases import NO_ALIASES, HostAliases
from shipledger.clock import Clock
from shipledger.errors import Unavailable
from shipledger.ingestion.absences import Absences
from shipledger.ingestion.batch_settling import BatchSettling, Interpreter, SettlementObserver
from shipledger.ingestion.claims import Claims
from shipledger.ingestion.issue_naming import IssueNaming
from shipledger.ingestion.patience import Patience
from shipledger.ingestion.pressure import Pressure
from shipledger.ingestion.retry import Backoff
from shipledger.ingestion.settlements import Settlements
from shipledger.ingestion.task import Task, group_by_organization
from shipledger.ingestion.task_queue import TaskQueue
from shipledger.ingestion.waiting import WaitingRoom
from shipledger.ledger.receipt import Receipt
from shipledger.store.contract import Store
from shipledger.store.receipts.pending_contract import Concern

BATCH_LIMIT = 256
POLL_SECONDS = 0.25
MAX_HELD_CHARACTERS = 4 * 1024 * 1024
"""Maximum total length of bodies held in memory; parsed, they take about ten times as much."""
PATIENCE_SECONDS = 0.25
"""Maximum wait for one organization's work before others get their turn; the work continues meanwhile."""
RELEASE_SECONDS = 2.0
"""A stopping program waits no longer to release an organization: other nodes notice that this one is gone."""
BATCHES_FROM_MEMORY = 4
"""How often in a row receipts in memory may be settled before those in the store, which are older."""

log = structlog.get_logger(__name__)


class Worker:
    """Settles receipts in batches: claimed ones from memory and unclaimed ones from the store."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        interpret: Interpreter,
        settlements: Settlements,
        observer: SettlementObserver,
        pressure: Pressure,
        naming: IssueNaming,
        aliases: HostAliases = NO_ALIASES,
        node_id: str,
        queue_limit: int,
        update_wait: timedelta,
    ) -> None:
        self._store = store
        self._clock = clock
        self._settlements = settlements
        self._pressure = pressure
        self._queue_limit = queue_limit
        self._queue = TaskQueue()
        self._waiting = WaitingRoom()
        self._settling = BatchSettling(
            store=store,
            clock=clock,
            interpret=interpret,
            settlements=settlements,
            observer=observer,
            patience=Patience(store=store, update_wait=update_wait, aggregates=store.aggregates),
            waiting=self._waiting,
            naming=naming,
            aliases=aliases,
            node_id=node_id,
        )
        self._claims = Claims(store=store, clock=clock, node_id=node_id, most=BATCH_LIMIT)
        self._absences = Absences(
            settle=self._settling.settle,
            claim=self._claims.take_of,
            welcome=self._welcome,
            batch_limit=BATCH_LIMIT,
        )
        self._has_work = asyncio.Event()
        self._store_may_have_work = True
        self._batches_since_look = 0
        self._looked_at = float("-inf")
        self._look: asyncio.Task[Mapping[str, int]] | None = None
        self._recovery: asyncio.Task[None] | None = None
        self._stop_asked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def depth(self) -> int:
        """The number of unsettled receipts in memory."""
        return len(self._queue) + len(self._waiting) + self._absences.depth

    @property
    def out_of_reach(self) -> frozenset[str]:
        """The organizations that currently cannot be settled."""
        return self._absences.missed

    @property
    def _is_stopping(self) -> bool:
        return self._stop_asked.is_set()

    @property
    def is_alive(self) -> bool:
        """Whether the settling task is still running."""
        return self._task is not None and not self._task.done()

    def has_room(self, count: int, characters: int) -> bool:
        """Whether memory allows ``count`` more receipts with ``characters`` of bodies."""
        held = self._queue.characters + self._absences.characters
        return self.depth + count <= self._queue_limit and held + characters <= MAX_HELD_CHARACTERS

    def offer(self, receipt: Receipt, submissions: Sequence[Recording], concerns: tuple[Concern, ...] | None = None) -> None:
        """Accept a stored receipt claimed by this node. ``concerns``: what it concerns, if already known."""
        self._queue.append(Task(receipt=receipt, submissions=submissions, noted=concerns))
        self._has_work.set()

    def look_in_store(self) -> None:
        """Unclaimed receipts are waiting in the store."""
        self._store_may_have_work = True
        self._has_work.set()

    def start(self) -> None:
        """Start settling."""
        self._task = asyncio.create_task(self._run(), name="worker")

    async def stop(self) -> None:
        """Finish the current batch and release the rest in the store, for the next start or another node."""
        self._stop_asked.set()
        self._settling.stop_waiting()
        self._has_work.set()
        if self._task is not None:
            await self._task
        for task in (self._look, self._recovery):
            if task is not None:
                task.cancel()
        left = [*await self._absences.stop(), *self._queue.take_all(), *self._waiting.take_all()]
        for own in group_by_organization(left).values():
            with contextlib.suppress(Unavailable, TimeoutError):
                async with asyncio.timeout(RELEASE_SECONDS if self._store.is_parted else None):
                    await self._store.release_receipts([task.receipt for task in own], count_attempt=False)

    async def _run(self) -> None:
        backoff = Backoff()
        while True:
            try:
                if self._is_stopping:
                    return
                self._has_work.clear()  # requests from here on end the pause
                await self._refill()
                if self._queue:
                    began = time.perf_counter()
                    await self._settle(self._take_batch())
                    await self._make_way(self._pressure.rest_seconds(time.perf_counter() - began))
                else:
                    await self._rest()
                backoff.reset()
            except Exception as error:
                if self._is_stopping:
                    return
                seconds = backoff.next_seconds()
                if isinstance(error, Unavailable):
                    log.warning("The store is unavailable for settlement; retrying.", reason=error.message, pause_seconds=seconds)
                else:
                    log.exception("Settlement failed with an internal error; retrying.", pause_seconds=seconds)
                await asyncio.sleep(seconds)

    async def _refill(self) -> None:
        self._queue.extend(self._waiting.take_due(now=self._clock.order_now()))
        self._batches_since_look += 1
        if time.monotonic() - self._looked_at >= POLL_SECONDS:  # others may have left something, even if this node is busy
            self._store_may_have_work = True
        is_turn_of_store = not self._queue or self._batches_since_look > BATCHES_FROM_MEMORY
        if not (self._store_may_have_work and is_turn_of_store):
            return
        self._batches_since_look = 0
        self._looked_at = time.monotonic()
        self._store_may_have_work = False
        if self._store.is_parted:
            await self._refill_apart()
            return
        is_there_more = True
        wanted = self._claims.limit
        try:
            claimed = await self._claims.take(absent=self._absences or None, note_absent=self._note_absent)
            is_there_more = len(claimed) >= wanted
        finally:
            self._store_may_have_work |= is_there_more
        self._queue.put_first(reversed(claimed))

    async def _refill_apart(self) -> None:
        """Claim unclaimed receipts per organization, without waiting long for a hanging one or for the query."""
        if self._look is None:
            self._look = asyncio.create_task(self._claims.list_free(), name="look for free receipts")
            await asyncio.wait({self._look}, timeout=PATIENCE_SECONDS)
        if not self._look.done():
            return
        look, self._look = self._look, None
        free = look.result()
        claiming = [self._absences.begin(one, ()) for one in free if one not in self._absences]
        if claiming:
            await asyncio.wait(claiming, timeout=PATIENCE_SECONDS)
        self._store_may_have_work |= sum(free.values()) >= self._claims.limit
        if self._recovery is None or self._recovery.done():
            self._recovery = asyncio.create_task(self._claims.release_lost(self._list_held), name="release of lost claims")

    def _list_held(self, organization_id: str) -> list[str]:
        held = (*self._queue, *self._waiting, *self._absences.list_tasks(organization_id))
        return [task.receipt.receipt_id for task in held if task.receipt.organization_id == organization_id]

    async def _rest(self) -> None:
        due = self._waiting.next_due()
        seconds = POLL_SECONDS if due is None else min(POLL_SECONDS, max(0.0, (due - self._clock.order_now()).total_seconds()))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._has_work.wait(), seconds)

    async def _make_way(self, seconds: float) -> None:
        """Pause for senders, unless one of them waits for its verdict or the program is stopping."""
        if seconds <= 0:
            return
        reasons_to_go_on = [asyncio.ensure_future(one) for one in (self._stop_asked.wait(), self._settlements.wait_for_watch())]
        try:
            await asyncio.wait(reasons_to_go_on, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in reasons_to_go_on:
                one.cancel()

    def _take_batch(self) -> list[Task]:
        return [task for task in self._queue.take_some(BATCH_LIMIT) if not (self._absences and self._absences.take_over(task))]

    async def _settle(self, tasks: list[Task]) -> None:
        """Settle ``tasks``. Those that cannot be settled return to the queue, or continue with their organization."""
        if self._store.is_parted:
            groups = group_by_organization(tasks)
            settling = [self._absences.begin(organization_id, own) for organization_id, own in groups.items()]
            if settling:
                await asyncio.wait(settling, timeout=PATIENCE_SECONDS)
            return
        try:
            await self._settling.settle(tasks, self._queue)
        except Unavailable:
            by_organization = group_by_organization(tasks)
            tasks.clear()
            for organization_id, own in by_organization.items():
                self._absences.add(organization_id, own, has_failed_alone=len(by_organization) == 1)
        finally:
            self._queue.put_first(reversed(tasks))

    def _note_absent(self, organization_id: str) -> None:
        self._absences.add(organization_id, (), has_failed_alone=True)

    def _welcome(self, tasks: list[Task]) -> None:
        self._queue.put_first(reversed(tasks))
        self._has_work.set()
