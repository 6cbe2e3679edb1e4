"""Ask the ledger without a server: a command stores a receipt and settles it itself, as a worker would.

A server may run on the same ledger. It may be faster, or hold what has to be settled before; both are fine. If the command is
killed in between, whoever starts next settles the receipt.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from shipledger.catalog.association_rules import RuleBook
from shipledger.catalog.host_aliases import NO_ALIASES, HostAliases
from shipledger.clock import Clock
from shipledger.ingestion.asked import ANSWER_SECONDS, verdicts_of
from shipledger.ingestion.batch_settling import BatchSettling
from shipledger.ingestion.concerns import concerns_of
from shipledger.ingestion.issue_naming import IssueNaming
from shipledger.ingestion.patience import Patience
from shipledger.ingestion.settlements import Settlements
from shipledger.ingestion.task import Task
from shipledger.ingestion.task_queue import TaskQueue
from shipledger.ingestion.translation import write_translation
from shipledger.ingestion.waiting import WaitingRoom
from shipledger.ledger.actor import Actor
from shipledger.ledger.asking import make_asked_receipt, reader_of
from shipledger.ledger.identity import new_id
from shipledger.ledger.receipt import Receipt, ReceiptState, Settlement
from shipledger.ledger.verdict import Verdict, VerdictKind
from shipledger.store.contract import Store
from shipledger.texts import storable_parts

LOOK_AGAIN_SECONDS = 0.02


class _Unobserved:
    """A command has no metrics."""

    def observe_settled(self, kind: VerdictKind) -> None:
        """Nobody counts."""

    def observe_quarantined(self) -> None:
        """Nobody counts."""


class AskingStore:
    """Asks over the store itself. See ``ledger.asking.Asks``."""

    def __init__(
        self, store: Store, clock: Clock, *, aliases: HostAliases = NO_ALIASES, answer_seconds: float = ANSWER_SECONDS
    ) -> None:
        self._answer_seconds = answer_seconds
        self._store = store
        self._clock = clock
        self._waiting = WaitingRoom()
        rules = RuleBook(store, time.monotonic)
        self._settling = BatchSettling(
            store=store,
            clock=clock,
            interpret=reader_of(store.aggregates),
            settlements=Settlements(),
            observer=_Unobserved(),
            patience=Patience(store=store, update_wait=timedelta(0), aggregates=store.aggregates),
            waiting=self._waiting,
            naming=IssueNaming(store=store, rules=rules, sources=frozenset(), denied="", allowed="", monotonic=time.monotonic),
            aliases=aliases,
            node_id="",
        )

    async def ask(self, organization_id: str, submissions: Sequence[Any], *, operation: str, actor: Actor) -> tuple[Verdict, ...]:
        submissions = [storable_parts(one) for one in submissions]
        receipt = make_asked_receipt(
            organization_id,
            submissions,
            operation=operation,
            actor=actor,
            receipt_id=new_id(self._clock.next_order(), secrets.token_bytes(8)),
            accepted_at=self._clock.now(),
        )
        concerns = concerns_of(organization_id, submissions, self._store.aggregates)
        await self._store.append_receipts(
            [receipt],
            claimed_by=None,
            concerns={receipt.receipt_id: concerns},
            translations={receipt.receipt_id: write_translation(submissions, None)},
        )
        await self._settle(Task(receipt=receipt, submissions=submissions, noted=concerns))
        return verdicts_of(await self._find(receipt), receipt)

    async def _settle(self, task: Task) -> None:
        """Settle it, or wait until what was accepted before it is settled, or a server has settled it."""
        ends_at = time.monotonic() + self._answer_seconds
        tasks, queue = [task], TaskQueue()
        while True:
            await self._settling.settle(tasks, queue)
            waiting = [*tasks, *self._waiting.take_all()]
            if not waiting or time.monotonic() >= ends_at:
                return
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            found = await self._find(task.receipt)
            if found is not None and found.state is not ReceiptState.PENDING:
                return
            tasks = waiting

    async def _find(self, receipt: Receipt) -> Settlement | None:
        return await self._store.find_settlement(receipt.organization_id, receipt.receipt_id)
