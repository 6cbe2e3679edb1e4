"""The answer to a write of records, made from its verdicts: the same for every kind of record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace
from starlette.responses import Response

from shipledger.ledger.receipt import Settlement
from shipledger.ledger.verdict import Verdict, VerdictKind
from shipledger.protocols.native.answers import to_verdict
from shipledger.protocols.native.call import refuse, reply
from shipledger.protocols.native.faults import rejected, some_rejected

T = TypeVar("T", bound=Struct)


class Answering(Struct, Generic[T], frozen=True):
    """How records of one kind answer. ``path``: of all. ``list_operation``: what a list of them is called.

    ``read``: the records of some verdicts, by the ids that ``id_of`` gives; those that are not there are left out. ``own_id``:
    of what an item of a receipt records. ``to_list``: the answer to a list, from the request id and the records in their places.
    """

    path: str
    list_operation: str
    id_of: Callable[[Verdict], str]
    read: Callable[[str, Sequence[str]], Awaitable[Mapping[str, T]]]
    own_id: Callable[[str, int], str]
    to_list: Callable[[str, tuple[T, ...]], Struct]


async def answer_settled(organization_id: str, settlement: Settlement, answering: Answering[Any]) -> Response | None:
    """The records with their verdicts; None when one is not there. Each is read once, however many items are about it."""
    receipt_id, verdicts = settlement.receipt_id, settlement.verdicts
    is_list = settlement.operation == answering.list_operation
    refused = {item: one for item, one in enumerate(verdicts) if one.kind is VerdictKind.REJECTED}
    if refused:
        return refuse(receipt_id, some_rejected(refused, len(verdicts)) if is_list else rejected(verdicts[0]))
    ids = [answering.id_of(one) for one in verdicts]
    records = await answering.read(organization_id, sorted(set(ids)))
    if not records.keys() >= set(ids):
        return None
    is_new = any(one == answering.own_id(receipt_id, item) for item, one in enumerate(ids))
    status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    written = tuple(to_written(records[one], receipt_id, verdict) for one, verdict in zip(ids, verdicts, strict=True))
    if is_list:
        return reply(receipt_id, status, answering.to_list(receipt_id, written))
    return reply(receipt_id, status, written[0], {"Location": f"{answering.path}/{ids[0]}"})


def to_written(record: Any, request_id: str, verdict: Verdict) -> Any:
    """``record``, as this API answers, as the answer to a write."""
    return replace(record, request_id=request_id, verdict=to_verdict(verdict))
