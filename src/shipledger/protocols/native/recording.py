"""Write through a receipt: durable before the answer, one effect for each key, and the outcome where it is known in time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant
from shipledger.aggregates import Recording
from shipledger.ledger.receipt import Receipt, ReceiptState, Settlement
from shipledger.ledger.submission import Alias
from shipledger.protocols.native.request_key import REPLAYED_HEADER, RequestKey, Turns, find_answered, read_key
from shipledger.protocols.native.requests import SETTLEMENT_SECONDS, accepted
from shipledger.protocols.native.vocabulary import PROTOCOL
from shipledger.verbs.recording import RecordingVerbs, check_stored


class Write(Struct, frozen=True):
    """What is written. ``body`` and ``parameters`` are what its receipt keeps; ``is_list``: it has several items.

    ``translate`` gives what a receipt with them asks for. ``find_names`` gives the names of what was recorded under one, None
    when nothing was. ``answer`` makes the answer from the verdicts; None when a record is not there. ``about``: what the path
    names, which the key of a request covers, too.
    """

    operation: str
    body: str
    parameters: dict[str, str]
    is_list: bool
    translate: Callable[[Receipt], Sequence[Recording]]
    find_names: Callable[[Alias], Awaitable[Sequence[Alias] | None]]
    answer: Callable[[Settlement], Awaitable[Response | None]]
    about: str = ""


class Writer:
    """Records what one kind of operation writes."""

    def __init__(self, ledger: RecordingVerbs) -> None:
        self._ledger = ledger
        self._turns = Turns()

    async def record(self, request: Request, grant: Grant, write: Write) -> Response:
        """The answer to ``write``: from its verdicts, or 202 when it is durable and settling is slow."""
        key = read_key(request, grant, write.operation, write.about + write.body)
        async with self._turns.take(key):
            answered = None if key is None else await self._find_answer(grant.organization_id, key, write)
            return answered or await self._record(grant, key, write)

    async def _record(self, grant: Grant, key: RequestKey | None, write: Write) -> Response:
        parameters = write.parameters if key is None else {**write.parameters, **key.parameters}
        receipt = self._ledger.new_receipt(grant, PROTOCOL, write.operation, parameters, write.body)
        told = accepted(receipt)

        async def answer(settlement: Settlement) -> Response:
            if not write.is_list:
                check_stored(settlement)
            return await write.answer(settlement) or told

        submissions = write.translate(receipt)
        return await self._ledger.record(receipt, submissions, told, settled=answer, wait_seconds=SETTLEMENT_SECONDS)

    async def _find_answer(self, organization_id: str, key: RequestKey, write: Write) -> Response | None:
        """The answer to the request that used the key first; None when what it recorded is not there."""
        names = await write.find_names(key.alias)
        receipt_id = None if names is None else find_answered(key, names)
        settlement = None if receipt_id is None else await self._ledger.find_settlement(organization_id, receipt_id)
        if settlement is None or settlement.state is not ReceiptState.SETTLED:
            return None
        answer = await write.answer(settlement)
        if answer is not None:
            answer.headers[REPLAYED_HEADER] = "true"
        return answer
