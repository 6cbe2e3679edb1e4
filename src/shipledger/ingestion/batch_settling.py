"""Settle a batch of receipts: interpret, load, decide, and write everything in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

import structlog
from msgspec.structs import replace

from shipledger.catalog.host_aliases import HostAliases
from shipledger.clock import Clock
from shipledger.errors import Conflict, Unavailable
from shipledger.incidents.model import Recording
from shipledger.ingestion.batch import Outcome, decide_batch
from shipledger.ingestion.host_naming import rename_hosts
from shipledger.ingestion.incident_settling import settle_incidents
from shipledger.ingestion.inquiry import Inquiry
from shipledger.ingestion.issue_naming import IssueNaming
from shipledger.ingestion.item_trial import is_about_a_value, refuse_spoilers
from shipledger.ingestion.patience import Patience, awaits_record
from shipledger.ingestion.quarantine import Quarantine, QuarantineObserver
from shipledger.ingestion.settlements import Settlements
from shipledger.ingestion.task import Task
from shipledger.ingestion.task_queue import TaskQueue
from shipledger.ingestion.translation import Translation, read_translation
from shipledger.ingestion.waiting import WaitingRoom, names_of
from shipledger.ledger.deployment import Entry
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.runs import NeedsHistory
from shipledger.ledger.submission import Remove, RemoveMatching, Target
from shipledger.ledger.verdict import VerdictKind
from shipledger.long_work import run_beside
from shipledger.store.announcement import Announcement
from shipledger.store.contract import Loaded, Store

MAX_ATTEMPTS = 3
CONFLICTS_OF_AN_ATTEMPT = 100
"""Other nodes may be faster many times, especially over a slow link. This many in a row are an error."""

Interpreter = Callable[[Receipt], Sequence[Recording]]

log = structlog.get_logger(__name__)


SIZE_OF_NAMES = 2_000
"""Cost of listing a deployment's names, in characters read."""


class SettlementObserver(QuarantineObserver, Protocol):
    """Observer of settlement."""

    def observe_settled(self, kind: VerdictKind) -> None:
        """A verdict was stored."""


class BatchSettling:
    """Settles tasks, lets them wait for their deployment, or quarantines them."""

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
        self._clock = clock
        self._interpret = interpret
        self._settlements = settlements
        self._observer = observer
        self._patience = patience
        self._waiting = waiting
        self._naming = naming
        self._aliases = aliases
        self._node_id = node_id
        self._inquiry = Inquiry(store=store, patience=patience, tells_order=clock.order_now)
        self._quarantine = Quarantine(store=store, clock=clock, settlements=settlements, observer=observer)
        self._is_stopping = False

    def stop_waiting(self) -> None:
        """The program is stopping: tasks that wait for a deployment are left to the next start."""
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
                task.take(understood.asks)
                task.naming, task.translation = understood.naming, ""
            except Exception as error:  # noqa: BLE001  any error at all
                await self._quarantine.set_aside(task.receipt, error)
                tasks.remove(task)
        await self._note_names([task for task in tasks if not task.are_names_noted])

    def _understand(self, task: Task) -> Translation:
        """What the receipt asks for: as it was understood when it was accepted, whatever this version and its settings say."""
        return read_translation(task.translation) if task.translation else Translation([*self._interpret(task.receipt)])

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
        queue.extend(await self._settle_incidents(unsettled))
        attempt = 1
        while unsettled:
            now, later = await self._expand(unsettled)
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

    async def _settle_incidents(self, unsettled: list[Task]) -> list[Task]:
        """Settle the tasks about incidents and remove them from ``unsettled``. Returns the tasks that waited for them."""
        about = [task for task in unsettled if task.incidents]
        if not about:
            return []
        outcome = await settle_incidents(self._store, about, self._clock.now(), node_id=self._node_id)
        for verdict in outcome.verdicts:
            self._observer.observe_settled(verdict.kind)
        unsettled[:] = [task for task in unsettled if not task.incidents]
        now = self._clock.order_now()
        for task in outcome.blocked:
            self._waiting.add_behind(task, now=now)
        self._settlements.announce(task.receipt.receipt_id for task in outcome.settled)
        await self._tell_nodes(outcome.settled)
        return self._waiting.take_behind(outcome.settled)

    async def _expand(self, tasks: Sequence[Task]) -> tuple[Sequence[Task], Sequence[Task]]:
        """The tasks to decide now and those for later.

        A removal by properties must see everything before it settled: it is postponed if something is not, and the
        first one waits.
        """
        for position, task in enumerate(tasks):
            for submission in task.submissions or ():
                if isinstance(submission, RemoveMatching):
                    if position:
                        return tasks[:position], tasks[position:]
                    expanded = await self._expand_removal(task, submission)
                    return () if expanded is None else (expanded,), tasks[1:]
        return tasks, ()

    async def _expand_removal(self, task: Task, submission: RemoveMatching) -> Task | None:
        """The removals of deployments with the properties; None while an older pending record may have them too."""
        organization_id = task.receipt.organization_id
        oldest = await self._store.find_oldest_pending_record(organization_id)
        if oldest is not None and oldest < task.receipt.receipt_id:
            return None
        matching = await self._store.find_matching(organization_id, submission.aliases)
        removals = [Remove(source=submission.source, target=Target(key=deployment_id)) for deployment_id in matching]
        return replace(task, submissions=removals or [submission], noted=task.concerns)

    async def _decide(self, tasks: Sequence[Task], *, is_last_attempt: bool) -> Outcome:
        """What to write. The last attempt is unguarded, because a guard may be permanently taken if many share a name."""
        size = sum(task.size for task in tasks)
        known = await self._inquiry.read(tasks)
        # When this process stops, the next one settles what is waiting.
        waiting = {task.receipt.receipt_id for task in tasks if self._is_stopping and awaits_record(task)}
        histories: dict[tuple[str, str], Sequence[Entry]] = {}
        while True:
            decide = partial(
                decide_batch,
                tasks,
                known.loaded,
                connected_workspaces=known.connected_workspaces,
                may_wait=known.may_wait | waiting,
                precedence=known.make_precedence(tasks),
                histories=histories,
                is_guarded=not is_last_attempt,
                now=self._clock.now(),
            )
            try:
                return await run_beside(decide, size=size)
            except NeedsHistory as need:
                histories.update({place: await self._load_history(place, known.loaded) for place in need.places})

    async def _load_history(self, place: tuple[str, str], loaded: Loaded) -> Sequence[Entry]:
        """The entries of a ``loaded`` deployment. Raises Conflict if there are more by now."""
        entries = await self._store.list_entries(*place)
        if len(entries) != loaded.deployments[place].version:
            raise Conflict("deployment_moved_on", "A deployment changed in the meantime; load it and decide again.")
        return entries

    async def _finish(self, outcome: Outcome) -> list[Task]:
        """Announce what was settled. Returns the tasks that waited for it."""
        for settled in outcome.settlement.receipts:
            for verdict in settled.verdicts:
                self._observer.observe_settled(verdict.kind)
        self._announce(outcome)
        now = self._clock.order_now()
        for task in outcome.waiting:
            self._waiting.add(task, now=now, until=self._patience.ends_at(task))
        for task in outcome.blocked:
            self._waiting.add_behind(task, now=now)
        if not len(self._waiting):
            return []
        deployments = outcome.settlement.deployments
        names = await run_beside(partial(names_of, deployments), size=SIZE_OF_NAMES * len(deployments))
        return [*self._waiting.take_for(names), *self._waiting.take_behind(outcome.settled)]

    def _announce(self, outcome: Outcome) -> None:
        """A receipt from the store may have been quarantined and replayed: only the store knows all its verdicts."""
        pairs = tuple(zip(outcome.settled, outcome.settlement.receipts, strict=True))
        own = [settled for task, settled in pairs if not task.may_be_awaited_elsewhere]
        self._settlements.announce_settled(own, outcome.settlement.settled_at)
        self._settlements.announce(task.receipt.receipt_id for task, _ in pairs if task.may_be_awaited_elsewhere)

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
            reduced = await refuse_spoilers(task, error, self._rehearse)
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
                now, _ = await self._expand([task])
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
