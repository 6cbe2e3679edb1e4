"""Make projections anew, once, after the rules have changed by which entries make them.

It writes beside a running server: what is decided meanwhile is newer, and stays. When it is interrupted it begins again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from shipledger.catalog.respelling import respell_mappings
from shipledger.errors import Conflict
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.history import RULES, Damaged, fold_history
from shipledger.store.contract import Store

BATCH = 200
LOG_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Refolding:
    """Makes the projections of a store anew where another version made them.

    ``silent_seconds``: a node that was not heard of for so long is gone.
    """

    def __init__(self, store: Store, monotonic: Callable[[], float], *, silent_seconds: float) -> None:
        self._store = store
        self._monotonic = monotonic
        self._silent_seconds = silent_seconds

    async def run(self) -> None:
        """Make them anew, unless they are by this program's rules, or a node of a version before still writes by its own.

        Raises Unavailable.
        """
        if await self._store.has_older_nodes(silent_seconds=self._silent_seconds):
            await self._store.note_projection_rules(1)
            return
        if await self._store.find_projection_rules() == RULES:
            return
        total = await self._store.count_entries()
        if total:
            log.info("Upgrading the ledger to the rules of this version.", entries=total)
        respelled = await respell_mappings(self._store)
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
        async for history in self._store.read_histories():
            done += len(history) + len(history.damaged)
            deployment = None if history.damaged else _fold(history)  # what is damaged stays as it is shown
            if deployment is not None:
                batch.append(deployment)
            if len(batch) >= BATCH:
                await self._save(batch)
                batch = []
            if self._monotonic() - told_at >= LOG_SECONDS:
                told_at = self._monotonic()
                log.info("Still upgrading the ledger to the rules of this version.", done=done, entries=total)
        await self._save(batch)

    async def _save(self, deployments: Sequence[Deployment]) -> None:
        try:
            await self._store.save_projections(deployments)
        except Conflict:
            for deployment in deployments:
                try:
                    await self._store.save_projections([deployment])
                except Conflict as error:
                    log.warning("A deployment was left unchanged.", deployment=deployment.deployment_id, reason=error.message)


def _fold(history: Sequence[Entry]) -> Deployment | None:
    """None for what is erased or damaged, which ``verify`` names."""
    try:
        return fold_history(history)
    except Damaged:
        return None
