"""Ask the ledger while a server runs, by our own words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from shipledger.clock import Clock
from shipledger.errors import InDoubt
from shipledger.ingestion.recorder import Recorder
from shipledger.ledger.actor import Actor
from shipledger.ledger.asking import make_asked_receipt
from shipledger.ledger.identity import new_id
from shipledger.ledger.receipt import Receipt, ReceiptState, Settlement
from shipledger.ledger.verdict import Verdict
from shipledger.shell_words import command
from shipledger.texts import storable_parts

ANSWER_SECONDS = 10.0


class AskingServer:
    """Asks through the intake of a running server. See ``ledger.asking.Asks``."""

    def __init__(self, recorder: Recorder, clock: Clock, randomness: Callable[[], bytes]) -> None:
        self._recorder = recorder
        self._clock = clock
        self._randomness = randomness

    async def ask(self, organization_id: str, submissions: Sequence[Any], *, operation: str, actor: Actor) -> tuple[Verdict, ...]:
        submissions = [storable_parts(one) for one in submissions]
        receipt = make_asked_receipt(
            organization_id,
            submissions,
            operation=operation,
            actor=actor,
            receipt_id=new_id(self._clock.next_order(), self._randomness()),
            accepted_at=self._clock.now(),
        )

        async def settled(settlement: Settlement) -> Settlement | None:
            return settlement

        found = await self._recorder.record(receipt, submissions, None, settled=settled, wait_seconds=ANSWER_SECONDS)
        return verdicts_of(found, receipt)


def verdicts_of(settlement: Settlement | None, receipt: Receipt) -> tuple[Verdict, ...]:
    """The verdicts on a receipt that is stored. Raises InDoubt if it has none yet."""
    if settlement is None or settlement.state is not ReceiptState.SETTLED:
        raise InDoubt(
            "not_decided_yet",
            "This is recorded, but not decided yet; see what becomes of it before you repeat it: "
            f"`{command('receipts show', receipt.receipt_id)}`.",
        )
    return settlement.verdicts
