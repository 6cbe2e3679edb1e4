"""Settle receipts: interpret, load, decide, and write everything in one transaction."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from itertools import chain
from typing import Protocol

import structlog
from msgspec.structs import replace

from shipledger.clock import Clock
from shipledger.errors import Conflict, Unavailable
from shipledger.incidents.model import Recording
from shipledger.ingestion.batch import Outcome, Task, decide_batch
from shipledger.ingestion.incident_settling import IncidentTask, settle_incidents
from shipledger.ingestion.patience import Patience, awaits_record
from shipledger.ingestion.pressure import Pressure
from shipledger.ingestion.quarantine import Quarantine, QuarantineObserver
from shipledger.ingestion.retry import Backoff
from shipledger.ingestion.settlements import Settlements
from shipledger.ingestion.task_queue import TaskQueue
from shipledger.ingestion.waiting import WaitingRoom
from shipledger.ingestion.working_set import all_lookups
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import Remove, RemoveMatching, Target
from shipledger.ledger.verdict import VerdictKind
from shipledger.store.announcement import Announcement
from shipledger.store.contract import Store

BATCH_LIMIT = 256
MAX_ATTEMPTS = 3
POLL_SECONDS = 0.25
MAX_HELD_CHARACTERS = 4 * 1024 * 1024
"""Receipts held in memory have bodies of at most this length together; read, they take about ten times as much."""
BATCHES_FROM_MEMORY = 4
"""So often in a row receipts in memory may go before those in the store, which are older than what is offered now."""

Interpreter = Callable[[Receipt], Sequence[Recording]]

log = structlog.get_logger(__name__)


class WorkerObserver(QuarantineObserver, Protocol):
    """Who wants to know how settlement fares."""

    def observe_settled(self, kind: VerdictKind) -> None:
        """One more verdict was kept."""


class Worker:
    """Takes claimed receipts from memory, and free ones from the store, and settles them in batches."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        interpret: Interpreter,
        settlements: Settlements,
        observer: WorkerObserver,
        pressure: Pressure,
        node_id: str,
        queue_limit: int,
        update_wait: timedelta,
        refuses_unknown_workspaces: bool,
    ) -> None:
        self._store = store
        self._clock = clock
        self._interpret = interpret
        self._settlements = settlements
        self._observer = observer
        self._pressure = pressure
        self._node_id = node_id
        self._queue_limit = queue_limit
        self._patience = Patience(store=store, node_id=node_id, update_wait=update_wait)
        self._refuses_unknown_workspaces = refuses_unknown_workspaces
        self._quarantine = Quarantine(store=store, clock=clock, settlements=settlements, observer=observer)
        self._queue = TaskQueue()
        self._waiting = WaitingRoom()
        self._has_work = asyncio.Event()
        self._store_may_have_work = True
        self._batches_since_look = 0
        self._stop_asked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def depth(self) -> int:
        """How many receipts are held in memory, undecided."""
        return len(self._queue) + len(self._waiting)

    @property
    def _is_stopping(self) -> bool:
        return self._stop_asked.is_set()

    @property
    def is_alive(self) -> bool:
        """Whether the task that settles still runs."""
        return self._task is not None and not self._task.done()

    def has_room(self, count: int, characters: int) -> bool:
        """Whether ``count`` more receipts with bodies of so many ``characters`` can be held in memory."""
        return self.depth + count <= self._queue_limit and self._queue.characters + characters <= MAX_HELD_CHARACTERS

    def offer(self, receipt: Receipt, submissions: Sequence[Recording]) -> None:
        """Take a durable receipt that is claimed by this node."""
        task = Task(receipt=receipt)
        task.take(submissions)
        self._queue.append(task)
        self._has_work.set()

    def look_in_store(self) -> None:
        """Free receipts wait in the store."""
        self._store_may_have_work = True
        self._has_work.set()

    def start(self) -> None:
        """Begin to settle."""
        self._task = asyncio.create_task(self._run(), name="worker")

    async def stop(self) -> None:
        """Finish the batch under way and leave the rest free in the store, for the next start or another node."""
        self._stop_asked.set()
        self._has_work.set()
        if self._task is not None:
            await self._task
        left = [*self._queue.take_all(), *self._waiting.take_all()]
        if left:
            with contextlib.suppress(Unavailable):
                await self._store.release_receipts([task.receipt for task in left], count_attempt=False)

    async def _run(self) -> None:
        backoff = Backoff()
        while True:
            try:
                if self._is_stopping:
                    return
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
                    log.warning("The store cannot settle; trying again.", reason=error.message, pause_seconds=seconds)
                else:
                    log.exception("Settlement failed by a fault of ours; trying again.", pause_seconds=seconds)
                await asyncio.sleep(seconds)

    async def _refill(self) -> None:
        now = self._clock.now()
        self._queue.extend(self._waiting.take_due(now=now))
        self._batches_since_look += 1
        is_turn_of_store = not self._queue or self._batches_since_look > BATCHES_FROM_MEMORY
        if not (self._store_may_have_work and is_turn_of_store):
            return
        self._batches_since_look = 0
        claimed = await self._store.claim_receipts(node_id=self._node_id, limit=BATCH_LIMIT)
        self._store_may_have_work = len(claimed) == BATCH_LIMIT
        self._queue.put_first(
            Task(receipt=one.receipt, attempts=one.attempts, may_be_awaited_elsewhere=True) for one in reversed(claimed)
        )

    async def _rest(self) -> None:
        self._has_work.clear()
        try:
            await asyncio.wait_for(self._has_work.wait(), POLL_SECONDS)
        except TimeoutError:
            self._store_may_have_work = True

    async def _make_way(self, seconds: float) -> None:
        """Leave the time to senders, unless one of them waits for its verdict or the program is stopping."""
        if seconds <= 0:
            return
        reasons_to_go_on = [asyncio.ensure_future(one) for one in (self._stop_asked.wait(), self._settlements.wait_for_watch())]
        try:
            await asyncio.wait(reasons_to_go_on, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in reasons_to_go_on:
                one.cancel()

    def _take_batch(self) -> list[Task]:
        batch = [self._queue.take()]
        while self._queue and len(batch) < BATCH_LIMIT and not (batch[0].is_suspect or self._queue[0].is_suspect):
            batch.append(self._queue.take())
        return batch

    async def _settle(self, tasks: list[Task]) -> None:
        """Settle ``tasks`` and remove them from the list; whatever goes wrong, those left in it return to the queue."""
        try:
            await self._interpret_all(tasks)
            await self._settle_interpreted(tasks)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, it must not stop the others from being settled
            await self._blame(tasks, error)
        finally:
            self._queue.put_first(reversed(tasks))

    async def _interpret_all(self, tasks: list[Task]) -> None:
        """A receipt that cannot be interpreted shows a fault of ours: it is kept, and set aside."""
        for task in [task for task in tasks if task.submissions is None]:
            try:
                task.take(self._interpret(task.receipt))
            except Exception as error:  # noqa: BLE001  any error at all
                await self._quarantine.set_aside(task.receipt, error)
                tasks.remove(task)

    async def _settle_interpreted(self, unsettled: list[Task]) -> None:
        """Settle and remove from ``unsettled`` what can be settled."""
        await self._settle_incidents(unsettled)
        attempt = 1
        while unsettled:
            now, later = await self._expand(unsettled)
            outcome = await self._decide(now, behind=later, is_last_attempt=attempt == MAX_ATTEMPTS)
            try:
                if outcome.settlement.receipts:
                    await self._store.settle(replace(outcome.settlement, node_id=self._node_id))
            except Conflict:
                if attempt == MAX_ATTEMPTS:
                    raise
                attempt += 1
                continue
            self._finish(outcome)
            await self._tell_nodes(outcome.settled)
            unsettled[:] = [*outcome.unready, *later]
            await asyncio.sleep(0)

    async def _settle_incidents(self, unsettled: list[Task]) -> None:
        about = [task for task in unsettled if task.incidents]
        if not about:
            return
        tasks = [IncidentTask(receipt=task.receipt, submissions=task.incidents) for task in about]
        for verdict in await settle_incidents(self._store, tasks, self._clock.now(), node_id=self._node_id):
            self._observer.observe_settled(verdict.kind)
        unsettled[:] = [task for task in unsettled if not task.incidents]
        self._settlements.announce(task.receipt.receipt_id for task in about)
        await self._tell_nodes(about)

    async def _expand(self, tasks: Sequence[Task]) -> tuple[Sequence[Task], Sequence[Task]]:
        """The tasks to decide now and those for later: a removal by properties must see all that came before it settled."""
        for position, task in enumerate(tasks):
            for submission in task.submissions or ():
                if isinstance(submission, RemoveMatching):
                    if position:
                        return tasks[:position], tasks[position:]
                    return [await self._expand_removal(task, submission)], tasks[1:]
        return tasks, ()

    async def _expand_removal(self, task: Task, submission: RemoveMatching) -> Task:
        matching = await self._store.find_matching(task.receipt.organization_id, submission.aliases)
        removals = [Remove(source=submission.source, target=Target(key=deployment_id)) for deployment_id in matching]
        return Task(receipt=task.receipt, submissions=removals or [submission], attempts=task.attempts)

    async def _decide(self, tasks: Sequence[Task], *, behind: Sequence[Task], is_last_attempt: bool) -> Outcome:
        """What to write. The last attempt is not guarded: a guard may be taken for good where many have one name."""
        loaded = await self._store.load(all_lookups((task.receipt.organization_id, task.submissions or ()) for task in tasks))
        organizations = sorted({task.receipt.organization_id for task in tasks})
        connected: Mapping[str, frozenset[str]] | None = None
        if self._refuses_unknown_workspaces:
            connected = await self._store.find_known_workspaces(organizations)
        return decide_batch(
            tasks,
            loaded,
            connected_workspaces=connected,
            may_wait=await self._find_may_wait(tasks, behind),
            is_guarded=not is_last_attempt,
            now=self._clock.now(),
        )

    async def _find_may_wait(self, tasks: Sequence[Task], behind: Sequence[Task]) -> frozenset[str]:
        """The receipts that need not be decided yet. When this process stops, the next one decides."""
        if self._is_stopping:
            return frozenset(task.receipt.receipt_id for task in tasks if awaits_record(task))
        return await self._patience.find_patient(tasks, undecided=chain(behind, self._queue), now=self._clock.now())

    def _finish(self, outcome: Outcome) -> None:
        for settled in outcome.settlement.receipts:
            for verdict in settled.verdicts:
                self._observer.observe_settled(verdict.kind)
        self._announce(outcome)
        now = self._clock.now()
        for task in outcome.waiting:
            self._waiting.add(task, now=now, until=self._patience.ends_at(task))
        self._queue.extend(self._waiting.take_for(outcome.settlement.deployments))

    def _announce(self, outcome: Outcome) -> None:
        """What came from the store may have been set aside and replayed: of that only the store knows the whole story."""
        pairs = tuple(zip(outcome.settled, outcome.settlement.receipts, strict=True))
        own = [settled for task, settled in pairs if not task.may_be_awaited_elsewhere]
        self._settlements.announce_settled(own, outcome.settlement.settled_at)
        self._settlements.announce(task.receipt.receipt_id for task, _ in pairs if task.may_be_awaited_elsewhere)

    async def _tell_nodes(self, settled: Sequence[Task]) -> None:
        foreign = tuple(task.receipt.receipt_id for task in settled if task.may_be_awaited_elsewhere)
        if foreign:
            await self._store.announce(Announcement(settled=foreign))

    async def _blame(self, tasks: list[Task], error: Exception) -> None:
        """One of ``tasks`` spoils the batch: each is tried alone, and the failure counts against the one that fails alone."""
        if len(tasks) > 1:
            log.warning("A batch could not be settled; settling its receipts one by one.", reason=repr(error))
            for task in tasks:
                task.is_suspect = True
            return
        task = tasks[0]
        if await self._quarantine.was_settled(task.receipt):
            tasks.clear()
            return
        task.attempts += 1
        if task.attempts >= MAX_ATTEMPTS:
            await self._quarantine.set_aside(task.receipt, error)
            tasks.clear()
