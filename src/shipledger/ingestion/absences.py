"""Settlement of an organization by itself, so that it holds up nobody else: while it is out of reach, or where any may hang."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable

import structlog

from shipledger.errors import Unavailable
from shipledger.ingestion.retry import Backoff
from shipledger.ingestion.task import Task
from shipledger.ingestion.task_queue import TaskQueue
from shipledger.store.acting import act_for

log = structlog.get_logger(__name__)

MISSED_SECONDS = 5.0
"""Who is not settled for longer is told as out of reach."""
STOP_SECONDS = 5.0
"""What hangs is not waited for longer when the program stops: others settle it."""

Settle = Callable[[list[Task], TaskQueue], Awaitable[None]]
Claim = Callable[[str], Awaitable[list[Task]]]
Welcome = Callable[[list[Task]], None]


class _Absence:
    """What waits for an organization."""

    def __init__(self) -> None:
        self.queue = TaskQueue()
        self.under_way: list[Task] = []
        self.retry: asyncio.Task[None] | None = None
        self.began_at = time.monotonic()
        self.has_failed = False

    @property
    def is_missed(self) -> bool:
        """Whether the organization cannot be settled, or only after very long."""
        return self.has_failed or time.monotonic() - self.began_at > MISSED_SECONDS


class Absences:
    """The organizations that are settled by themselves now, with their tasks.

    ``settle`` takes tasks to their verdicts, ``claim`` takes those that an organization has in the store. Once one of them
    works, the organization is back, and ``welcome`` gets what is left of its tasks.
    """

    def __init__(self, *, settle: Settle, claim: Claim, welcome: Welcome, batch_limit: int) -> None:
        self._settle = settle
        self._claim = claim
        self._welcome = welcome
        self._batch_limit = batch_limit
        self._absences: dict[str, _Absence] = {}
        self._stop_asked = asyncio.Event()

    def __contains__(self, organization_id: object) -> bool:
        return organization_id in self._absences

    def __len__(self) -> int:
        return len(self._absences)

    @property
    def missed(self) -> frozenset[str]:
        """The organizations that cannot be settled now."""
        return frozenset(organization_id for organization_id, one in self._absences.items() if one.is_missed)

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
        _ = self.begin(organization_id, tasks, has_failed_alone=has_failed_alone)

    def begin(self, organization_id: str, tasks: Iterable[Task], *, has_failed_alone: bool = False) -> asyncio.Task[None]:
        """Settle an organization by itself; the task that does it, which ends when that has worked."""
        absence = self._absences.setdefault(organization_id, _Absence())
        absence.queue.extend(tasks)
        if absence.retry is None:
            absence.has_failed = has_failed_alone
            retry = self._retry(organization_id, absence, has_failed_alone=has_failed_alone)
            absence.retry = asyncio.create_task(retry, name=f"settlement of {organization_id}")
        return absence.retry

    def list_tasks(self, organization_id: str) -> list[Task]:
        """The tasks of an organization that is settled by itself."""
        absence = self._absences.get(organization_id)
        return [] if absence is None else [*absence.queue, *absence.under_way]

    def take_over(self, task: Task) -> bool:
        """Whether the organization of ``task`` is away, so that it now waits here."""
        absence = self._absences.get(task.receipt.organization_id)
        if absence is None:
            return False
        absence.queue.append(task)
        return True

    async def stop(self) -> list[Task]:
        """Finish what is under way, unless it hangs; the tasks that are left."""
        self._stop_asked.set()
        retries = [one.retry for one in self._absences.values() if one.retry is not None]
        if retries:
            _, hanging = await asyncio.wait(retries, timeout=STOP_SECONDS)
            for retry in hanging:
                retry.cancel()
            await asyncio.gather(*hanging, return_exceptions=True)
        return [task for one in self._absences.values() for task in one.queue.take_all()]

    async def _retry(self, organization_id: str, absence: _Absence, *, has_failed_alone: bool) -> None:
        act_for(organization_id)
        backoff = Backoff()
        is_told = False
        pause_seconds = backoff.next_seconds() if has_failed_alone else 0.0
        while not await self._is_stopped_within(pause_seconds):
            reason = await self._try(organization_id, absence)
            if reason is None:
                del self._absences[organization_id]
                self._welcome(absence.queue.take_all())
                return
            if not is_told:
                log.warning(
                    "Settlement of an organization failed and will be retried.", organization_id=organization_id, reason=reason
                )
            is_told = absence.has_failed = True
            pause_seconds = backoff.next_seconds()

    async def _try(self, organization_id: str, absence: _Absence) -> str | None:
        """Why the organization cannot be settled; None when it can."""
        queue = absence.queue
        absence.under_way = tasks = queue.take_some(self._batch_limit)
        try:
            if tasks:
                await self._settle(tasks, queue)
            else:
                queue.extend(await self._claim(organization_id))
        except Unavailable as error:
            return error.message
        except Exception:
            log.exception("Settlement failed with an internal error; retrying.", organization_id=organization_id)
            return "An internal error."
        finally:
            queue.put_first(reversed(tasks))
            absence.under_way = []
        return None

    async def _is_stopped_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop_asked.wait()
        return self._stop_asked.is_set()
