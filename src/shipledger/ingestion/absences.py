"""Settle an organization separately while it is unreachable or may hang, so that it does not hold up others."""

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
"""An organization that is not settled for longer is reported as unreachable."""
STOP_SECONDS = 5.0
"""A stopping program waits no longer for hanging work: other nodes settle it."""

Settle = Callable[[list[Task], TaskQueue], Awaitable[None]]
Claim = Callable[[str], Awaitable[list[Task]]]
Welcome = Callable[[list[Task]], None]


class _Absence:
    """The work waiting for an organization."""

    def __init__(self, *, has_failed: bool) -> None:
        self.queue = TaskQueue()
        self.under_way: list[Task] = []
        self.retry: asyncio.Task[None] | None = None
        self.began_at = time.monotonic()
        self.has_failed = has_failed

    @property
    def is_missed(self) -> bool:
        """Whether the organization cannot be settled, or only very slowly."""
        return self.has_failed or time.monotonic() - self.began_at > MISSED_SECONDS


class Absences:
    """The organizations that are settled separately, with their tasks.

    ``settle`` settles tasks, ``claim`` claims an organization's tasks in the store. Once one succeeds,
    the organization is back, and ``welcome`` gets its remaining tasks.
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
        """The organizations that currently cannot be settled."""
        return frozenset(organization_id for organization_id, one in self._absences.items() if one.is_missed)

    @property
    def depth(self) -> int:
        """How many tasks wait."""
        return sum(len(one.queue) for one in self._absences.values())

    @property
    def characters(self) -> int:
        """The total length of their receipts' bodies."""
        return sum(one.queue.characters for one in self._absences.values())

    def add(self, organization_id: str, tasks: Iterable[Task], *, has_failed_alone: bool) -> None:
        """Note that an organization cannot be settled. It is retried at once, unless it was just tried alone."""
        _ = self.begin(organization_id, tasks, has_failed_alone=has_failed_alone)

    def begin(self, organization_id: str, tasks: Iterable[Task], *, has_failed_alone: bool = False) -> asyncio.Task[None]:
        """Settle an organization separately. Returns the asyncio task, which ends on success."""
        absence = self._absences.setdefault(organization_id, _Absence(has_failed=has_failed_alone))
        absence.queue.extend(tasks)
        if absence.retry is None:
            retry = self._retry(organization_id, absence, has_failed_alone=has_failed_alone)
            absence.retry = asyncio.create_task(retry, name=f"settlement of {organization_id}")
        return absence.retry

    def list_tasks(self, organization_id: str) -> list[Task]:
        """The tasks of an organization that is settled separately."""
        absence = self._absences.get(organization_id)
        return [] if absence is None else [*absence.queue, *absence.under_way]

    def take_over(self, task: Task) -> bool:
        """Whether the organization of ``task`` is unreachable, in which case the task now waits here."""
        absence = self._absences.get(task.receipt.organization_id)
        if absence is None:
            return False
        absence.queue.append(task)
        return True

    async def stop(self) -> list[Task]:
        """Finish running work unless it hangs. Returns the remaining tasks."""
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
        """Why the organization cannot be settled; None if it can."""
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
