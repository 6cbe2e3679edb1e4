"""Find the items that prevent a receipt from being settled, so that each is rejected and the others are recorded."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence

import structlog

from shipledger.aggregates import AGGREGATES, Recording
from shipledger.errors import Unstorable
from shipledger.ingestion.concerns import concerns_of
from shipledger.ingestion.task import Task
from shipledger.ledger.aggregate import Aggregates
from shipledger.ledger.receipt import OWN_PROTOCOL
from shipledger.ledger.submission import Refuse
from shipledger.ledger.verdict import Reason
from shipledger.texts import storable

NAME_LIMIT = 255

Rehearsal = Callable[[Task], Awaitable[Exception | None]]
"""Settle a task without keeping anything. Returns the error, or None."""

log = structlog.get_logger(__name__)


def is_about_a_value(error: Exception) -> bool:
    """Whether a value can never be stored, so that retries and upgrades are pointless."""
    return isinstance(error, Unstorable | ValueError | ArithmeticError | RecursionError)


async def refuse_spoilers(task: Task, error: Exception, rehearse: Rehearsal, aggregates: Aggregates = AGGREGATES) -> Task | None:
    """``task``, which failed alone with ``error``, with each failing item replaced by a refusal.

    None if no item is to blame, or if all fail for another reason than a value: that is an internal error, and
    the receipt can be settled once it is fixed.
    """
    items = task.submissions
    if not items:
        return None
    failures = {0: error} if len(items) == 1 else await _find_failures(task, items, error, rehearse, aggregates)
    if not failures or (len(failures) == len(items) and not any(map(is_about_a_value, failures.values()))):
        return None
    refusals = {place: _refuse(items[place], failure, aggregates) for place, failure in sorted(failures.items())}
    for item, failure in sorted(failures.items()):
        log.error(
            "An accepted item could not be stored and was rejected; the other items of its receipt were settled.",
            receipt_id=task.receipt.receipt_id,
            protocol=task.receipt.protocol,
            operation=task.receipt.operation,
            item=item,
            exc_info=failure,
        )
    return Task(
        receipt=task.receipt,
        submissions=[refusals.get(place, item) for place, item in enumerate(items)],
        attempts=task.attempts,
        is_suspect=True,
        is_reduced=True,
        may_be_awaited_elsewhere=task.may_be_awaited_elsewhere,
        noted=task.concerns,
    )


async def _find_failures(
    task: Task, items: Sequence[Recording], error: Exception, rehearse: Rehearsal, aggregates: Aggregates
) -> dict[int, Exception]:
    """The errors by item. Each is tried with the succeeding items before it, which may be about the same record."""
    good: set[int] = set()
    failures: dict[int, Exception] = {}
    untried = [range(len(items))]
    while untried:
        group = untried.pop()
        failure: Exception | None = error
        if len(group) < len(items):
            left = _leave(items, {*good, *group})
            noted = concerns_of(task.receipt.organization_id, left, aggregates)
            failure = await rehearse(Task(receipt=task.receipt, submissions=left, noted=noted))
        if failure is None:
            good.update(group)
        elif len(group) == 1:
            failures[group[0]] = failure
        else:
            middle = len(group) // 2
            untried += [group[middle:], group[:middle]]
    return failures


def _leave(items: Sequence[Recording], places: Collection[int]) -> list[Recording]:
    """The items at ``places``; the others are replaced by nothing to record."""
    return [
        item if place in places else Refuse(source=_source_of(item), sentence="", reason=Reason.COULD_NOT_BE_STORED)
        for place, item in enumerate(items)
    ]


def _refuse(item: Recording, failure: Exception, aggregates: Aggregates) -> Refuse:
    return Refuse(
        source=_source_of(item),
        sentence=f"It was accepted but could not be stored ({type(failure).__name__}); see the server's log.",
        subject=storable(aggregates.of(item).call(item))[:NAME_LIMIT],
        reason=Reason.COULD_NOT_BE_STORED,
    )


def _source_of(item: Recording) -> str:
    """Whose words an item is in; what is asked by our own names nobody."""
    return str(getattr(item, "source", OWN_PROTOCOL))
