"""Keep what was refused, beside the requests: in memory first, and in the store a moment later.

No answer waits for it. What is not written yet when the program is killed is lost, and what is too much is dropped and counted: a
refused request is no receipt.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import structlog
from msgspec.structs import replace

from shipledger.access.refused import ADDRESSES_LIMIT, OTHERS, RefusedRequest, RefusedStore, UnknownSender
from shipledger.access.trace import tracing
from shipledger.errors import Unavailable

PAUSE_SECONDS = 0.5
"""So long is gathered what is written together."""
PATIENCE_SECONDS = 5.0
"""What takes longer is left, and written with what comes next."""
WAITING_LIMIT = 5_000
OWN_LIMIT = 500
"""So many of one organization may wait, so that others find room."""
ASKED_LIMIT = 100
"""So many may wait whose sender is still to be looked up."""

FindSender = Callable[[], Awaitable[None]]
"""Looks for who sent a request, and notes whom it finds."""

log = structlog.get_logger(__name__)


class _Unasked(NamedTuple):
    refused: RefusedRequest
    find_sender: FindSender


class RefusedKeeping:
    """Gathers refused requests and writes them. ``keep``: how many of an organization the store keeps; 0: none.

    ``observe_dropped`` is told how many more were dropped, since too many waited.
    """

    def __init__(self, store: RefusedStore, *, keep: int, observe_dropped: Callable[[int], None]) -> None:
        self._store = store
        self._keep = keep
        self._observe_dropped = observe_dropped
        self._own: dict[str, deque[RefusedRequest]] = {}
        self._unasked: deque[_Unasked] = deque()
        self._senders: dict[str, UnknownSender] = {}
        self._waiting = 0
        self._has_some = asyncio.Event()
        self._writing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def has_room(self, organization_id: str) -> bool:
        """Whether one more of an organization is taken; else it counts as dropped."""
        own = self._own.get(organization_id)
        has_room = self._keep > 0 and self._waiting < WAITING_LIMIT and (own is None or len(own) < OWN_LIMIT)
        if not has_room:
            self._observe_dropped(1)
        return has_room

    def add(self, refused: RefusedRequest) -> None:
        """Take a request of an organization, for which there is room."""
        self._own.setdefault(refused.organization_id, deque()).append(refused)
        self._waiting += 1
        self._has_some.set()

    def ask(self, refused: RefusedRequest, find_sender: FindSender) -> None:
        """Take a request that nobody has asked yet who sent it."""
        if len(self._unasked) < ASKED_LIMIT:
            self._unasked.append(_Unasked(refused, find_sender))
            self._has_some.set()
        else:
            self.count(refused)

    def count_known(self, address: str) -> bool:
        """Count one more request of an unknown sender who was counted a moment ago; False for any other."""
        known = self._senders.get(address)
        if known is None:
            return False
        self._senders[address] = replace(known, requests=known.requests + 1)
        return True

    def count(self, refused: RefusedRequest) -> None:
        """Count a request of nobody who is known."""
        address = refused.address
        if address not in self._senders and len(self._senders) >= ADDRESSES_LIMIT:
            address = OTHERS
        known = self._senders.get(address)
        self._senders[address] = UnknownSender(
            address=address,
            requests=1 if known is None else known.requests + 1,
            first_at=refused.refused_at if known is None else known.first_at,
            last_at=refused.refused_at,
            protocol=refused.protocol,
            method=refused.method,
            path=refused.path,
            status=refused.status,
            sentence=refused.sentence,
        )
        self._has_some.set()

    def start(self) -> None:
        """Start writing."""
        self._task = asyncio.create_task(self._run(), name="refused requests")

    async def stop(self) -> None:
        """Write what waits, as far as that is possible in time, and stop."""
        if self._task is not None:
            with contextlib.suppress(TimeoutError):  # what is being written would be lost with the task
                async with asyncio.timeout(PATIENCE_SECONDS), self._writing:
                    pass
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self.write()

    async def write(self) -> None:
        """Write what waits, after what is being written already. What cannot be written now waits on."""
        async with self._writing:
            await self._write()

    async def _write(self) -> None:
        while self._unasked and await self._has_asked_next():
            pass
        for organization_id in tuple(self._own):
            await self._write_own(organization_id)
        if self._senders:
            await self._write_senders()

    async def _run(self) -> None:
        while True:
            await self._has_some.wait()
            self._has_some.clear()
            await asyncio.sleep(PAUSE_SECONDS)
            try:
                await self.write()
            except Exception:
                log.exception("Refused requests could not be kept; those of the last moment are missing.")
            if self._waiting or self._unasked:
                self._has_some.set()

    async def _has_asked_next(self) -> bool:
        """Whether it was found out who sent the next one, or that nobody did; else it waits on, with those behind it."""
        refused, find_sender = self._unasked.popleft()
        with tracing() as trace:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await find_sender()
            except (Unavailable, TimeoutError):
                self._unasked.appendleft(_Unasked(refused, find_sender))
                return False
        if trace.sender is None:
            self.count(refused)
        elif self.has_room(trace.sender.organization_id):
            sender = trace.sender
            self.add(replace(refused, organization_id=sender.organization_id, credential_id=sender.credential_id))
        return True

    async def _write_own(self, organization_id: str) -> None:
        """Write what waits of an organization: once it is written, it no longer waits."""
        own = self._own.pop(organization_id)
        self._waiting -= len(own)
        if not await self._is_written(self._store.save_refused(organization_id, own, keep=self._keep)):
            self._put_back(organization_id, own)

    async def _write_senders(self) -> None:
        senders, self._senders = [*self._senders.values()], {}
        if not await self._is_written(self._store.save_unknown_senders(senders)):
            self._observe_dropped(sum(one.requests for one in senders))

    async def _is_written(self, writing: Awaitable[None]) -> bool:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await writing
        except (Unavailable, TimeoutError):
            return False
        return True

    def _put_back(self, organization_id: str, refused: Sequence[RefusedRequest]) -> None:
        """Let them wait on, before those that came meanwhile, as far as there is room."""
        newer = self._own.pop(organization_id, deque())
        self._waiting -= len(newer)
        room = max(0, min(OWN_LIMIT, WAITING_LIMIT - self._waiting))
        kept = deque([*refused, *newer], maxlen=room)
        self._observe_dropped(len(refused) + len(newer) - len(kept))
        if kept:
            self._own[organization_id] = kept
            self._waiting += len(kept)
