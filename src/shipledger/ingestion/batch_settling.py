"""Settle a batch of receipts: interpret, load, decide, and write everything in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

import structlog
from msgspec.structs import replace

from shipledger.aggregates import Recording
from shipledger.catalog.host_aliases import HostAliases
from shipledger.clock import Clock
from shipledger.errors import Conflict, Unavailable
from shipledger.ingestion.batch import Outcome, decide_batch
from shipledger.ingestion.concerns import concerns_of
from shipledger.ingestion.expansion import Expansion
from shipledger.ingestion.host_naming import rename_hosts
from shipledger.ingestion.inquiry import Inquiry
from shipledger.ingestion.issue_naming import IssueNaming
from shipledger.ingestion.item_trial import is_about_a_value, refuse_spoilers
from shipledger.ingestion.patience import Patience
from shipledger.ingestion.quarantine import Quarantine, QuarantineObserver
from shipledger.ingestion.settlements import Settlements
from shipledger.ingestion.task import Task
from shipledger.ingestion.task_queue import TaskQueue
from shipledger.ingestion.translation import Translation, translation_reader
from shipledger.ingestion.waiting import WaitingRoom, names_of
from shipledger.ledger.aggregate import NeedsHistory
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.verdict import VerdictKind
from shipledger.long_work import run_beside
from shipledger.store.contract import Store
from shipledger.store.nodes.announcement import Announcement

MAX_ATTEMPTS = 3
CONFLICTS_OF_AN_ATTEMPT = 100
"""Other nodes may be faster many times, especially over a slow link. This many in a row are an error."""

Interpreter = Callable[[Receipt], Sequence[Recording]]

log = structlog.get_logger(__name__)


SIZE_OF_NAMES = 2_000
"""Cost of listing a record's names, in characters read."""


class SettlementObserver(QuarantineObserver, Protocol):
    """Observer of settlement."""

    def observe_settled(self, kind: VerdictKind) -> None:
        """A verdict was stored."""


class BatchSettling:
    """Settles tasks about any kind of record, lets them wait for it, or quarantines them."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        interpret: Interpreter,
        settlements: Settlements,
        observer: SettlementObserver,
        patience: Patience,
        waiting: WaitingRoom,
        naming: IssueNaming,
        aliases: HostAliases,
        node_id: str,
    ) -> None:
        self._store = store
        self._aggregates = store.aggregates
        self._clock = clock
        self._interpret = interpret
        self._settlements = settlements
        self._observer = observer
        self._patience = patience
        self._waiting = waiting
        self._naming = naming
        self._aliases = aliases
        self._node_id = node_id
        self._read_translation = translation_reader(store.aggregates)
        self._expansion = Expansion(store)
        self._inquiry = Inquiry(store=store, patience=patience, tells_order=clock.order_now)
        self._quarantine = Quarantine(store=store, clock=clock, settlements=settlements, observer=observer)
        self._is_stopping = False

    def stop_waiting(self) -> None:
        """The program is stopping: tasks that wait for a record are left to the next start."""
        self._is_stopping = True

    async def settle(self, tasks: list[Task], queue: TaskQueue) -> None:
        """Settle ``tasks`` and remove them from the list. Raises Unavailable; retry those left in the list.

        ``queue`` holds the tasks after them. Tasks that were waiting for these join it.
        """
        try:
            await self._interpret_all(tasks)
            rename_hosts(tasks, self._aliases)
            await self._naming.name(tasks)
            await self._settle_interpreted(tasks, queue)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, it must not stop the others from being settled
            await self._blame(tasks, error)

    async def _interpret_all(self, tasks: list[Task]) -> None:
        """A receipt that cannot be interpreted is an internal error: it is quarantined."""
        for task in [task for task in tasks if task.submissions is None]:
            try:
                size = len(task.receipt.body) + len(task.translation)
                understood = await run_beside(partial(self._understand, task), size=size)
                task.submissions = understood.asks
                task.noted = concerns_of(task.receipt.organization_id, understood.asks, self._aggregates)
                task.naming, task.translation = understood.naming, ""
            except Exception as error:  # noqa: BLE001  any error at all
                await self._quarantine.set_aside(task.receipt, error)
                tasks.remove(task)
        await self._note_names([task for task in tasks if not task.are_names_noted])

    def _understand(self, task: Task) -> Translation[Recording]:
        """What the receipt asks for: as it was understood when it was accepted, whatever this version and its settings say."""
        return self._read_translation(task.translation) if task.translation else Translation([*self._interpret(task.receipt)])

    async def _note_names(self, tasks: Sequence[Task]) -> None:
        """Note the names of receipts that an older version accepted without; until then they hold up others' updates."""
        if tasks:
            concerns = {task.receipt.receipt_id: task.concerns for task in tasks}
            await self._store.note_names([task.receipt for task in tasks], concerns)
        for task in tasks:
            task.are_names_noted = True

    async def _settle_interpreted(self, unsettled: list[Task], queue: TaskQueue) -> None:
        """Settle what can be settled, in order of acceptance, and remove it from ``unsettled``."""
        unsettled.sort(key=lambda task: task.receipt.receipt_id)
        attempt = 1
        while unsettled:
            now, later = await self._expansion.expand(unsettled)
            if not now:
                self._waiting.add_behind(unsettled[0], now=self._clock.order_now())
                unsettled[:] = later
                continue
            try:
                outcome = await self._decide(now, is_last_attempt=attempt == MAX_ATTEMPTS)
                if outcome.settlement.receipts:
                    await self._store.settle(replace(outcome.settlement, node_id=self._node_id))
            except Conflict:
                if attempt == MAX_ATTEMPTS:
                    raise
                attempt += 1
                continue
            queue.extend(await self._finish(outcome))
            await self._tell_nodes(outcome.settled)
            unsettled[:] = [*outcome.unready, *later]
            await asyncio.sleep(0)

    async def _decide(self, tasks: Sequence[Task], *, is_last_attempt: bool) -> Outcome:
        """What to write. The last attempt is unguarded, because a guard may be permanently taken if many share a name."""
        known = await self._inquiry.read(tasks)
        # When this process stops, the next one settles what is waiting.
        waiting = {task.receipt.receipt_id for task in tasks if self._is_stopping and self._patience.awaits_record(task)}
        histories: dict[str, dict[tuple[str, str], Sequence[Any]]] = {}
        while True:
            decide = partial(
                decide_batch,
                tasks,
                known.knowledge,
                may_wait=known.may_wait | waiting,
                precedence=known.make_precedence(tasks),
                histories=histories,
                is_guarded=not is_last_attempt,
                now=self._clock.now(),
                aggregates=self._aggregates,
            )
            try:
                return await run_beside(decide, size=self._measure(tasks))
            except NeedsHistory as need:
                versions = known.knowledge[need.kind]
                own = histories.setdefault(need.kind, {})
                own.update(
                    {place: await self._load_history(need.kind, place, versions.version_of(place)) for place in need.places}
                )

    def _measure(self, tasks: Sequence[Task]) -> int:
        """The cost of deciding ``tasks``, in characters read."""
        bodies = sum(len(task.receipt.body) for task in tasks)
        return bodies + sum(self._aggregates.of(submission).cost for task in tasks for submission in task.submissions or ())

    async def _load_history(self, kind: str, place: tuple[str, str], version: int) -> Sequence[Any]:
        """The entries of a record that was loaded at ``version``. Raises Conflict if there are more by now."""
        entries = await self._store.list_entries_of(kind, *place)
        if len(entries) != version:
            raise Conflict("record_moved_on", "A record changed in the meantime; load it and decide again.")
        return entries

    async def _finish(self, outcome: Outcome) -> list[Task]:
        """Announce what was settled. Returns the tasks that waited for it."""
        for settled in outcome.settlement.receipts:
            for verdict in settled.verdicts:
                self._observer.observe_settled(verdict.kind)
        self._announce(outcome)
        self._note_news(outcome)
        now = self._clock.order_now()
        for task in outcome.waiting:
            self._waiting.add(task, now=now, until=self._patience.ends_at(task))
        for task in outcome.blocked:
            self._waiting.add_behind(task, now=now)
        if not len(self._waiting):
            return []
        changed = outcome.settlement.changed
        names = await run_beside(partial(names_of, changed, self._aggregates), size=SIZE_OF_NAMES * len(changed))
        return [*self._waiting.take_for(names), *self._waiting.take_behind(outcome.settled)]

    def _announce(self, outcome: Outcome) -> None:
        """A receipt from the store may have been quarantined and replayed: only the store knows all its verdicts."""
        pairs = tuple(zip(outcome.settled, outcome.settlement.receipts, strict=True))
        own = [settled for task, settled in pairs if not task.may_be_awaited_elsewhere]
        self._settlements.announce_settled(own, outcome.settlement.settled_at)
        self._settlements.announce(task.receipt.receipt_id for task, _ in pairs if task.may_be_awaited_elsewhere)

    def _note_news(self, outcome: Outcome) -> None:
        changed: dict[str, list[str]] = {}
        for one in outcome.settlement.changed:
            changed.setdefault(one.organization_id, []).append(one.subject_id)
        for task in outcome.settled:
            changed.setdefault(task.receipt.organization_id, []).append(task.receipt.receipt_id)
        for organization_id, records in changed.items():
            self._settlements.news.note(organization_id, records)

    async def _tell_nodes(self, settled: Sequence[Task]) -> None:
        foreign = tuple(task.receipt.receipt_id for task in settled if task.may_be_awaited_elsewhere)
        if foreign:
            await self._store.announce(Announcement(settled=foreign))

    async def _blame(self, tasks: list[Task], error: Exception) -> None:
        """One of ``tasks`` makes the batch fail: try each alone, and count the failure against those that fail alone."""
        if len(tasks) > 1:
            log.warning("A batch could not be settled; settling its receipts one by one.", reason=repr(error))
            for task in tasks:
                task.is_suspect = True
            return
        task = tasks[0]
        if await self._quarantine.was_settled(task.receipt):
            tasks.clear()
            return
        if isinstance(error, Conflict):
            task.conflicts += 1
            if task.conflicts % CONFLICTS_OF_AN_ATTEMPT:
                self._waiting.add_behind(task, now=self._clock.order_now())
                tasks.clear()
                return
        task.attempts += 1
        is_last = task.attempts >= MAX_ATTEMPTS
        if not task.is_reduced and (is_last or is_about_a_value(error)):
            reduced = await refuse_spoilers(task, error, self._rehearse, self._aggregates)
            if reduced is not None:
                tasks[:] = [reduced]
                return
        if is_last:
            await self._quarantine.set_aside(task.receipt, error)
            tasks.clear()

    async def _rehearse(self, task: Task) -> Exception | None:
        """The error that prevents settling ``task`` alone, or None. Raises Unavailable."""
        failure: Exception | None = None
        for _ in range(MAX_ATTEMPTS):
            try:
                now, _ = await self._expansion.expand([task])
                outcome = await self._decide(now, is_last_attempt=True)
                await self._store.rehearse(replace(outcome.settlement, node_id=self._node_id))
            except Unavailable:
                raise
            except Conflict as error:  # perhaps with another node, which has finished by then
                failure = error
            except Exception as error:  # noqa: BLE001  that is the question
                return error
            else:
                return None
        return failure
