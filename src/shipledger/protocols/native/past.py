"""``as_of``: an answer by what the ledger knew at a moment. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from msgspec import Struct

from shipledger.ledger.past import Sources, is_final
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.times import format_time

AS_OF = "as_of"
LEEWAY = timedelta(minutes=1)
"""The clock of who asks may be ahead."""


class KnowledgeOut(Struct, frozen=True):
    """By what an answer was made. ``is_final``: it stays the same whenever it is asked for, but for what is erased.

    ``by_todays`` is what it takes from today, because the ledger does not know how that was then. ``by_first_entries`` is what
    an upgrade entered later, as it was then: earlier versions kept no history of it.
    """

    as_of: str
    is_final: bool
    by_todays: tuple[str, ...]
    by_first_entries: tuple[str, ...]


def read_as_of(parameters: Parameters, now: datetime) -> datetime | None:
    """The moment whose knowledge is asked for; None for today's. What is wrong is noted."""
    as_of = parameters.time(AS_OF)
    if as_of is not None and as_of > now + LEEWAY:
        parameters.faults[AS_OF] = f"should not be in the future; here it is {format_time(now)}"
        return None
    return as_of


def to_knowledge(as_of: datetime, now: datetime, *sources: Sources) -> KnowledgeOut:
    """What an answer says of the knowledge by which it was made."""
    taken = reduce(or_, sources, Sources())
    return KnowledgeOut(
        as_of=format_time(as_of),
        is_final=is_final(as_of, now),
        by_todays=tuple(sorted(taken.by_todays)),
        by_first_entries=tuple(sorted(taken.by_first_entries)),
    )
