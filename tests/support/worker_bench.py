"""A worker over a real store, whose receipts mean what a test says."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from shipledger.catalog.association_rules import RuleBook
from shipledger.clock import Clock
from shipledger.ingestion.concerns import concerns_of
from shipledger.ingestion.issue_naming import IssueNaming
from shipledger.ingestion.pressure import Pressure
from shipledger.ingestion.settlements import Settlements
from shipledger.ingestion.worker import Worker
from shipledger.ledger.asking import reader_of
from shipledger.ledger.identity import new_id
from shipledger.ledger.naming import IssueSource
from shipledger.ledger.receipt import OWN_PROTOCOL, Receipt, ReceiptState, Settlement
from shipledger.ledger.submission import Submission
from shipledger.ledger.verdict import VerdictKind
from shipledger.store.contract import Store
from tests.support.factories import ACME, make_receipt, moment
from tests.support.in_time import in_time

NODE = "node"


class Counts:
    """An observer that counts."""

    def __init__(self) -> None:
        self.settled: list[VerdictKind] = []
        self.quarantined = 0

    def observe_settled(self, kind: VerdictKind) -> None:
        self.settled.append(kind)

    def observe_quarantined(self) -> None:
        self.quarantined += 1


class Bench:
    """A worker whose interpreter looks submissions up by receipt, where the ledger has not written them itself."""

    def __init__(self, store: Store, **settings: Any) -> None:
        self.store = store
        self.meanings: dict[str, Sequence[Submission] | Exception] = {}
        self.counts = Counts()
        self.settlements = Settlements()
        self.clock = Clock(not_before=moment(1_000))
        self.worker = Worker(
            store=store,
            clock=self.clock,
            interpret=self.interpret,
            settlements=self.settlements,
            observer=self.counts,
            pressure=settings.pop("pressure", None) or Pressure(asyncio.get_running_loop().time),
            naming=IssueNaming(
                store=store,
                rules=RuleBook(store, time.monotonic),
                sources=frozenset(IssueSource),
                denied="UTF",
                allowed="",
                monotonic=time.monotonic,
            ),
            node_id=NODE,
            queue_limit=100,
            update_wait=settings.pop("update_wait", timedelta(seconds=10)),
        )

    def interpret(self, receipt: Receipt) -> Sequence[Submission]:
        if receipt.protocol == OWN_PROTOCOL:
            return reader_of(self.store.aggregates)(receipt)
        meaning = self.meanings[receipt.receipt_id]
        if isinstance(meaning, Exception):
            raise meaning
        return meaning

    async def accept(
        self, number: int, *meaning: Submission, fault: Exception | None = None, young: bool = True, **changes: Any
    ) -> str:
        """A durable receipt that any node may claim, with a meaning or a fault; old ones have no time left to wait."""
        at = self.clock.next_order() if young else moment(number)
        receipt = make_receipt(number, receipt_id=new_id(at, bytes(8)), accepted_at=at, **changes)
        self.meanings[receipt.receipt_id] = fault or meaning
        concerns = {receipt.receipt_id: concerns_of(receipt.organization_id, meaning, self.store.aggregates)}
        await self.store.append_receipts([receipt], claimed_by=None, concerns=concerns)
        self.worker.look_in_store()
        return receipt.receipt_id

    async def settled(self, receipt_id: str, seconds: float = 10) -> Settlement:
        """The settlement, once there is one."""
        with self.settlements.watch(receipt_id) as watch:
            found = await self.store.find_settlement(ACME, receipt_id)
            assert found is not None
            if found.state is ReceiptState.PENDING:
                assert await watch.wait(seconds), "not settled in time"
                found = await self.store.find_settlement(ACME, receipt_id)
                assert found is not None
        return found


@asynccontextmanager
async def working(store: Store, **settings: Any) -> AsyncIterator[Bench]:
    bench = Bench(store, **settings)
    bench.worker.start()
    try:
        yield bench
    finally:
        await in_time(bench.worker.stop())
