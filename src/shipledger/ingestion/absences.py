"""Settlement of organizations that are out of reach: each is tried again by itself, and holds up nobody else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable

import structlog

from shipledger.errors import Unavailable
from shipledger.ingestion.retry import Backoff
from shipledger.ingestion.task import Task
from shipledger.ingestion.task_queue import TaskQueue

log = structlog.get_logger(__name__)

Settle = Callable[[list[Task], TaskQueue], Awaitable[None]]
Claim = Callable[[str], Awaitable[list[Task]]]
Welcome = Callable[[list[Task]], None]


class _Absence:
    """What waits for an organization."""

    def __init__(self) -> None:
        self.queue = TaskQueue()
        self.retry: asyncio.Task[None] | None = None


class Absences:
    """The organizations that cannot be settled now, with their tasks.

    ``settle`` takes tasks to their verdicts, ``claim`` takes those that an organization has in the store. Once one of them
    works, the organization is back, and ``welcome`` gets what is left of its tasks. ``at_once`` of them may be tried at once:
    one that does not answer holds its connection to the store until its time is over.
    """

    def __init__(self, *, settle: Settle, claim: Claim, welcome: Welcome, batch_limit: int, at_once: int) -> None:
        self._settle = settle
        self._claim = claim
        self._welcome = welcome
        self._batch_limit = batch_limit
        self._absences: dict[str, _Absence] = {}
        self._gate = asyncio.Semaphore(at_once)
        self._stop_asked = asyncio.Event()

    def __contains__(self, organization_id: object) -> bool:
        return organization_id in self._absences

    def __len__(self) -> int:
        return len(self._absences)

    @property
    def depth(self) -> int:
        """How many tasks wait."""
        return sum(len(one.queue) for one in self._absences.values())

    @property
    def characters(self) -> int:
        """How long the bodies of their receipts are."""
        return sum(one.queue.characters for one in self._absences.values())

    def add(self, organization_id: str, tasks: Iterable[Task], *, has_failed_alone: bool) -> None:
        """An organization cannot be settled; it is tried at once, unless it was tried without others just now."""
        absence = self._absences.setdefault(organization_id, _Absence())
        absence.queue.extend(tasks)
        if absence.retry is None:
            retry = self._retry(organization_id, absence, has_failed_alone=has_failed_alone)
            absence.retry = asyncio.create_task(retry, name=f"settlement of {organization_id}")

    def take_over(self, task: Task) -> bool:
        """Whether the organization of ``task`` is away, so that it now waits here."""
        absence = self._absences.get(task.receipt.organization_id)
        if absence is None:
            return False
        absence.queue.append(task)
        return True

    async def stop(self) -> list[Task]:
        """Finish what is under way; the tasks that are left."""
        self._stop_asked.set()
        retries = [one.retry for one in self._absences.values() if one.retry is not None]
        if retries:
            await asyncio.wait(retries)
        return [task for one in self._absences.values() for task in one.queue.take_all()]

    async def _retry(self, organization_id: str, absence: _Absence, *, has_failed_alone: bool) -> None:
        backoff = Backoff()
        is_told = False
        pause_seconds = backoff.next_seconds() if has_failed_alone else 0.0
        while not await self._is_stopped_within(pause_seconds):
            async with self._gate:
                reason = await self._try(organization_id, absence.queue)
            if reason is None:
                del self._absences[organization_id]
                self._welcome(absence.queue.take_all())
                return
            if not is_told:
                log.warning(
                    "An organization cannot be settled; it is tried again.", organization_id=organization_id, reason=reason
                )
            is_told = True
            pause_seconds = backoff.next_seconds()

    async def _try(self, organization_id: str, queue: TaskQueue) -> str | None:
        """Why the organization cannot be settled; None when it can."""
        tasks = queue.take_some(self._batch_limit)
        try:
            if tasks:
                await self._settle(tasks, queue)
            else:
                queue.extend(await self._claim(organization_id))
        except Unavailable as error:
            return error.message
        except Exception:
            log.exception("Settlement failed by a fault of ours; trying again.", organization_id=organization_id)
            return "A fault of ours."
        finally:
            queue.put_first(reversed(tasks))
        return None

    async def _is_stopped_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop_asked.wait()
        return self._stop_asked.is_set()
