"""Do a thing for every organization again and again, also while some are out of reach, as on Citus while a worker is away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from shipledger.errors import Unavailable
from shipledger.store.acting import act_for

PATIENCE_SECONDS = 1.0
"""What takes longer for one organization goes on while others have their turn."""
END_SECONDS = 3.0
"""A round waits no longer for those that are left behind."""
LEFT_AT_ONCE = 4
"""So many may be left behind at once."""


class OfOrganization(Protocol):
    """An organization, or something of which each has one."""

    @property
    def organization_id(self) -> str:
        """Whose it is."""


T = TypeVar("T", bound=OfOrganization)


class Rounds(Generic[T]):
    """Goes from one organization to the next. One that takes long is left behind, and left out until it is done.

    ``list_all`` gives those of a round. What is left behind ends with the task that asked for the round.
    """

    def __init__(self, list_all: Callable[[], Awaitable[Sequence[T]]]) -> None:
        self._list_all = list_all
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._failure: Exception | None = None
        self._asked_by: asyncio.Task[Any] | None = None

    async def run(self, work: Callable[[T], Awaitable[None]]) -> None:
        """``work`` for every organization. Raises at the end what failed for any of them, in this round or since the last one."""
        self._end_with(asyncio.current_task())
        for one in await self._list_all():
            if one.organization_id not in self._under_way:
                await self._serve(one, work)
        if self._under_way:
            await asyncio.wait(self._under_way.values(), timeout=END_SECONDS)
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _end_with(self, task: asyncio.Task[Any] | None) -> None:
        if task is not None and task is not self._asked_by:
            self._asked_by = task
            task.add_done_callback(lambda _: self._cancel())

    def _cancel(self) -> None:
        for task in tuple(self._under_way.values()):
            task.cancel()

    async def _serve(self, one: T, work: Callable[[T], Awaitable[None]]) -> None:
        while len(self._under_way) >= LEFT_AT_ONCE:
            await asyncio.wait(self._under_way.values(), return_when=asyncio.FIRST_COMPLETED)
        task = asyncio.create_task(self._do(one, work), name=f"round of {one.organization_id}")
        self._under_way[one.organization_id] = task
        try:
            await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
        except asyncio.CancelledError:
            task.cancel()
            raise

    async def _do(self, one: T, work: Callable[[T], Awaitable[None]]) -> None:
        act_for(one.organization_id)
        try:
            await work(one)
        except Exception as error:  # noqa: BLE001  whatever it is, others have their turn, and the round tells it
            if self._failure is None or isinstance(self._failure, Unavailable):
                self._failure = error
        finally:
            del self._under_way[one.organization_id]
