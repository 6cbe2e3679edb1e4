"""Which duties this node does, and that it lives."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

import structlog
from msgspec.structs import replace

from shipledger.clock import Clock, Jump
from shipledger.duty import Duty, DutyRun
from shipledger.errors import Conflict, Unavailable
from shipledger.store.nodes.contract import NodeStore, keep_time, share_time

BEAT_SECONDS = 2.0
SILENT_SECONDS = 10.0
"""A node that was not heard of for so long is taken for dead: what it had claimed is settled by others."""

log = structlog.get_logger(__name__)


class Roster:
    """Says every ``beat_seconds`` that the node lives, and does those duties whose lease it holds.

    A lease lasts ``silent_seconds``. When the store cannot be reached for so long, the duties are stopped: another node
    does them by then.
    """

    def __init__(
        self,
        *,
        store: NodeStore,
        duties: Sequence[Duty],
        node_id: str,
        clock: Clock,
        monotonic: Callable[[], float],
        beat_seconds: float = BEAT_SECONDS,
        silent_seconds: float = SILENT_SECONDS,
    ) -> None:
        self._store = store
        self._duties = {duty.name: duty for duty in (*duties, self._rescue(store, beat_seconds, silent_seconds))}
        self._node_id = node_id
        self._clock = clock
        self._monotonic = monotonic
        self._beat_seconds = beat_seconds
        self._silent_seconds = silent_seconds
        self._runs = {name: DutyRun(name, duty.pause_seconds) for name, duty in self._duties.items()}
        self._noticed: Jump | None = None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._held_until = float("-inf")
        self.struck_off = asyncio.Event()
        """Set when others have gone on without this node: it can settle nothing any more, and has to be started again."""
        self._task: asyncio.Task[None] | None = None

    @staticmethod
    def _rescue(store: NodeStore, beat_seconds: float, silent_seconds: float) -> Duty:
        async def rescue() -> None:
            released = await store.release_silent_claims(silent_seconds=silent_seconds)
            if released:
                log.info("Took over the receipts of a dead node.", receipts=released)

        return Duty(name="rescue", pause_seconds=beat_seconds, run=rescue)

    @property
    def is_alive(self) -> bool:
        """Whether the task that says so still runs."""
        return self._task is not None and not self._task.done()

    @property
    def held(self) -> frozenset[str]:
        """The names of the duties that this node does now."""
        return frozenset(self._running)

    def list_runs(self) -> list[DutyRun]:
        """Every duty, and how its last run on this node went."""
        return [replace(one, is_held=name in self._running) for name, one in sorted(self._runs.items())]

    async def enter(self) -> None:
        """Become known; before that, nothing may be claimed in this node's name. Raises Unavailable."""
        await self._store.register_node(self._node_id)
        await self._store.release_silent_claims(silent_seconds=self._silent_seconds)

    def start(self) -> None:
        """Begin to say that this node lives."""
        self._task = asyncio.create_task(self._beat_on(), name="roster")

    async def stop(self) -> None:
        """End all duties and leave their leases to others."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._end(self._running.keys())
        with contextlib.suppress(Unavailable):
            await self._store.forget_node(self._node_id)

    async def _beat_on(self) -> None:
        while True:
            asked_at = self._monotonic()
            try:
                async with asyncio.timeout(self._silent_seconds / 2):
                    held = await self._store.beat(self._node_id, duties=sorted(self._duties), lease_seconds=self._silent_seconds)
                    await keep_time(self._store, self._clock)
                    await share_time(self._store, self._clock, has_jumped=self._notice_jump())
            except Conflict as error:
                log.warning("Other nodes have taken over this node's work.", reason=error.message)
                await self._end(self._running.keys())
                self.struck_off.set()
                return
            except (Unavailable, TimeoutError) as error:
                log.warning("The node cannot send its heartbeat.", reason=str(error) or "The store does not answer.")
                if self._monotonic() >= self._held_until:
                    await self._end(self._running.keys())
            else:
                self._held_until = asked_at + self._silent_seconds
                await self._take_over(held)
            await asyncio.sleep(self._beat_seconds)

    def _notice_jump(self) -> bool:
        """Whether the clock has jumped since the last look."""
        self._clock.now()
        jump = self._clock.jump
        if jump is None or jump is self._noticed:
            return False
        self._noticed = jump
        log.warning("The clock has jumped; see `shipledger doctor`.", seconds=round(jump.by.total_seconds()))
        return True

    async def _take_over(self, held: frozenset[str]) -> None:
        await self._end(self._running.keys() - held)
        for name in held - self._running.keys():
            self._running[name] = asyncio.create_task(self._repeat(self._duties[name]), name=f"duty {name}")

    async def _end(self, names: AbstractSet[str]) -> None:
        tasks = [self._running.pop(name) for name in tuple(names)]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _repeat(self, duty: Duty) -> None:
        while True:
            await self._run_once(duty)
            await asyncio.sleep(duty.pause_seconds)

    async def _run_once(self, duty: Duty) -> None:
        began_at, began, fault = self._clock.now(), self._monotonic(), ""
        before = self._runs[duty.name]
        self._runs[duty.name] = replace(before, is_running=True)
        try:
            await duty.run()
        except Unavailable as error:
            fault = error.message
            log.warning("A duty was postponed.", duty=duty.name, reason=fault)
        except asyncio.CancelledError:
            self._runs[duty.name] = before
            raise
        except Exception:
            fault = "It failed with an internal error and will be tried again; see the log."
            log.exception("A duty failed with an internal error and will be retried.", duty=duty.name)
        took = self._monotonic() - began
        self._runs[duty.name] = replace(before, began_at=began_at, took_seconds=took, fault=fault)
