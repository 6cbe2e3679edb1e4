"""Recompute projections once after the folding rules changed.

It runs next to a server: what is settled meanwhile is newer, and stays. If interrupted, it starts over.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from shipledger.catalog.respelling import respell_mappings
from shipledger.clock import Clock
from shipledger.errors import Conflict
from shipledger.ingestion.adopting import adopt_former_records
from shipledger.ingestion.at_once import AskingStore
from shipledger.ledger.aggregate import Aggregate
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.history import RULES, Damaged, fold_history
from shipledger.store.contract import Store

BATCH = 200
LOG_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Refolding:
    """Recomputes the projections of a store if another version made them, and makes entries of what had none.

    ``silent_seconds``: a node without a heartbeat for this long is dead.
    """

    def __init__(
        self, store: Store, monotonic: Callable[[], float], *, silent_seconds: float, clock: Clock | None = None
    ) -> None:
        self._store = store
        self._asks = AskingStore(store, clock or Clock())  # it also runs before a server takes anything in
        self._monotonic = monotonic
        self._silent_seconds = silent_seconds

    async def run(self) -> None:
        """Tell those who derive something from entries if the ledger was brought here, and recompute projections.

        Nothing is recomputed if they follow this version's rules or a node of an earlier version is still writing.

        Raises Unavailable.
        """
        adopted = await adopt_former_records(self._store, self._asks)
        if adopted:
            log.info("Rows of an earlier version have entries now.", records=adopted)
        if await self._store.has_older_nodes(silent_seconds=self._silent_seconds):
            await self._store.note_projection_rules(1)
            return
        await self._store.tell_import()
        if await self._store.find_projection_rules() == RULES:
            return
        total = await self._store.count_entries()
        if total:
            log.info("Upgrading the ledger to the rules of this version.", entries=total)
        respelled = await respell_mappings(self._store, self._asks)
        if respelled:
            log.info("Renamed repositories keep their services.", repositories=respelled)
        await self._refold_all(total)
        if not await self._store.has_older_nodes(silent_seconds=self._silent_seconds):
            await self._store.note_projection_rules(RULES)
            if total:
                log.info("The ledger is at the rules of this version.", entries=total)

    async def _refold_all(self, total: int) -> None:
        done, told_at = 0, self._monotonic()
        batch: list[Deployment] = []
        async for history in self._store.read_histories(Deployment.kind):
            done += len(history) + len(history.damaged)
            deployment = None if history.damaged else _fold(history)  # damaged deployments stay as they are shown
            if deployment is not None:
                batch.append(deployment)
            if len(batch) >= BATCH:
                await self._save(batch)
                batch = []
            if self._monotonic() - told_at >= LOG_SECONDS:
                told_at = self._monotonic()
                log.info("Still upgrading the ledger to the rules of this version.", done=done, entries=total)
        await self._save(batch)
        for aggregate in self._store.aggregates:
            if aggregate.keeping.is_plain and aggregate.keeping.parts:
                await self._refold_parts(aggregate)

    async def _refold_parts(self, aggregate: Aggregate) -> None:
        """Rows in further tables are made anew: a version may have added a table, which is empty then."""
        batch: list[Any] = []
        async for history in self._store.read_histories(aggregate.kind):
            record = None if history.damaged else _fold_record(aggregate, history)
            if record is not None and not record.is_removed:
                batch.append(record)
            if len(batch) >= BATCH:
                await self._save_records(batch)
                batch = []
        await self._save_records(batch)

    async def _save_records(self, records: Sequence[Any]) -> None:
        """What has changed meanwhile was written with all its rows."""
        try:
            await self._store.save_records(records)
        except Conflict:
            for one in records:
                with contextlib.suppress(Conflict):
                    await self._store.save_records([one])

    async def _save(self, deployments: Sequence[Deployment]) -> None:
        try:
            await self._store.save_projections(deployments)
        except Conflict:
            for deployment in deployments:
                try:
                    await self._store.save_projections([deployment])
                except Conflict as error:
                    log.warning("A deployment was left unchanged.", deployment=deployment.deployment_id, reason=error.message)


def _fold_record(aggregate: Aggregate, history: Sequence[Any]) -> Any:
    """None for what was erased or is damaged; ``verify`` reports the latter."""
    try:
        return aggregate.fold_history(history)
    except (Damaged, ValueError):
        return None


def _fold(history: Sequence[Entry]) -> Deployment | None:
    """None for erased and damaged deployments; ``verify`` reports the latter."""
    try:
        return fold_history(history)
    except Damaged:
        return None
