"""Store receipts before acknowledging them.

Group commit without an added delay: while one batch is being committed the next one gathers, so a single receipt is
committed at once and many share one commit. If the database may hang for one organization only, organizations do not
share commits (``Streams``). Unreachable organizations are handled separately (``SideLanes``).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial

from shipledger.aggregates import Recording
from shipledger.errors import Unavailable
from shipledger.ingestion.acceptance import Acceptance, Arrival, Group, IntakeObserver, Settler
from shipledger.ingestion.committing import commit_in_time
from shipledger.ingestion.concerns import concerns_of
from shipledger.ingestion.naming_rule import NamingRule
from shipledger.ingestion.pressure import Pressure
from shipledger.ingestion.side_lanes import SideLanes
from shipledger.ingestion.streams import Streams
from shipledger.ingestion.task import SUBMISSION_SIZE
from shipledger.ingestion.translation import write_translation
from shipledger.ledger.receipt import Receipt
from shipledger.long_work import run_beside
from shipledger.store.acting import act_for
from shipledger.store.contract import Store
from shipledger.store.receipts.pending_contract import Concern

MAX_WAITING_CHARACTERS = 64 * 1024 * 1024
CHARACTERS_AS_ONE = 16
"""To write what a body was read as takes as long as to look at one of so many of its characters."""
SHARE_OUT_OF_REACH = 4
"""Unreachable organizations may use one in this many places in the queue, so that others find room."""


class Intake:
    """A bounded queue of receipts and the task that commits them."""

    def __init__(
        self,
        *,
        store: Store,
        settler: Settler,
        observer: IntakeObserver,
        pressure: Pressure,
        node_id: str,
        queue_limit: int,
        naming: NamingRule | None = None,
    ) -> None:
        self._aggregates = store.aggregates
        self._store = store
        self._observer = observer
        self._pressure = pressure
        self._queue_limit = queue_limit
        self._naming = naming
        self._acceptance = Acceptance(settler=settler, observer=observer, node_id=node_id)
        self._lanes = SideLanes(store=store, acceptance=self._acceptance)
        self._streams = Streams(is_parted=store.is_parted, commit=self._commit_batch)
        self._is_closed = False

    @property
    def depth(self) -> int:
        """The number of receipts waiting for their commit."""
        return self._acceptance.count

    def start(self) -> None:
        """Start committing."""
        self._streams.start()

    async def stop(self) -> None:
        """Refuse new receipts and commit the waiting ones."""
        self._is_closed = True
        await self._streams.finish()
        await self._lanes.stop()

    @property
    def is_alive(self) -> bool:
        """Whether what arrives is committed."""
        return self._streams.is_alive

    @property
    def out_of_reach(self) -> frozenset[str]:
        """The organizations whose receipts currently cannot be stored."""
        return self._lanes.missed

    async def accept(self, receipt: Receipt, submissions: Sequence[Recording]) -> None:
        """Return once ``receipt`` is stored. Raises Unavailable if the queue is full or the store cannot write."""
        size = SUBMISSION_SIZE * len(submissions) + (len(receipt.body) // CHARACTERS_AS_ONE if submissions else 0)
        concerns, translation = await run_beside(partial(self._prepare, receipt.organization_id, submissions), size=size)
        if self._is_closed:
            raise Unavailable("stopping", "The server is stopping; send the request again.")
        is_full = self.depth >= self._queue_limit or self._acceptance.characters >= MAX_WAITING_CHARACTERS
        if is_full or (self._is_missed(receipt.organization_id) and self._is_full_of_missed()):
            raise Unavailable("queue_full", "Too many writes are waiting; send the request again.")
        arrival = self._acceptance.admit(receipt, submissions, concerns, translation)
        if not self._lanes.take_over(arrival):
            self._streams.put(arrival)
        await arrival.done

    def _prepare(self, organization_id: str, submissions: Sequence[Recording]) -> tuple[tuple[Concern, ...], str]:
        return concerns_of(organization_id, submissions, self._aggregates), write_translation(submissions, self._naming)

    def _is_missed(self, organization_id: str) -> bool:
        return organization_id in self._lanes or self._streams.is_late(organization_id)

    def _is_full_of_missed(self) -> bool:
        return self._lanes.count + self._streams.count_late() >= self._queue_limit / SHARE_OUT_OF_REACH

    async def _commit_batch(self, organization_id: str, arrivals: Sequence[Arrival]) -> None:
        """Commit arrivals of one organization, or, for "", of all in the shared stream."""
        batch = [one for one in arrivals if not self._lanes.take_over(one)]
        if not batch:
            return
        if organization_id:
            act_for(organization_id)
        began = time.perf_counter()
        await asyncio.gather(*map(self._commit, self._acceptance.part(batch)))
        self._pressure.note_commit(len(batch))
        self._observer.observe_commit(len(batch), time.perf_counter() - began)

    async def _commit(self, group: Group) -> None:
        """One receipt that cannot be stored fails the commit of all, so each is then committed alone."""
        try:
            await commit_in_time(self._store, group)
        except Unavailable as error:
            self._lanes.divert(group, error)
        except Exception as error:  # noqa: BLE001  every sender must hear, whatever went wrong
            if len(group.arrivals) == 1:
                self._acceptance.refuse(group, error)
            else:
                await asyncio.gather(*(self._commit(Group([one], group.claimed_by)) for one in group.arrivals))
        else:
            self._acceptance.confirm(group)
