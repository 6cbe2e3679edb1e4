"""What a query says, as a tree of conditions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TypeAlias

from msgspec import Struct

from shipledger.clock import EPOCH
from shipledger.protocols.opsgenie.incident_query.fields import START_FIELDS

MILLISECOND = timedelta(milliseconds=1)
_REST = timedelta(microseconds=999)


class Condition(Struct, frozen=True):
    """One comparison of a field. ``comparison`` is ``:``, ``<``, ``<=``, ``>`` or ``>=``.

    ``value`` is in folded letters; with ``is_prefix`` it is how a value begins, so "" is any value. ``phrases`` are what a text
    must contain, see ``match``. ``number`` is that of a number or of the milliseconds of a time; None fits none.
    """

    field: str
    comparison: str
    value: str
    is_prefix: bool = False
    phrases: tuple[str, ...] = ()
    number: int | None = None


class Every(Struct, frozen=True):
    """All of several."""

    parts: tuple[Node, ...]


class Some(Struct, frozen=True):
    """At least one of several."""

    parts: tuple[Node, ...]


class Negation(Struct, frozen=True):
    """What is not so."""

    part: Node


Node: TypeAlias = Condition | Every | Some | Negation

ALL = Every(())
"""What every incident is."""


def conditions_of(node: Node) -> Iterator[Condition]:
    """All conditions of a query."""
    if isinstance(node, Condition):
        yield node
    elif isinstance(node, Negation):
        yield from conditions_of(node.part)
    else:
        for part in node.parts:
            yield from conditions_of(part)


def start_bounds(node: Node) -> tuple[datetime | None, datetime | None]:
    """Between which starts all matching incidents are: wide enough, for what is compared by the millisecond."""
    begin, end = _bounds(node)
    return (
        None if begin is None else EPOCH + begin * MILLISECOND,
        None if end is None else EPOCH + end * MILLISECOND + _REST,
    )


def to_milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970."""
    return (moment - EPOCH) // MILLISECOND


def _bounds(node: Node) -> tuple[int | None, int | None]:
    if isinstance(node, Condition):
        if node.field not in START_FIELDS or node.is_prefix:
            return None, None
        return (
            node.number if node.comparison in (":", ">", ">=") else None,
            node.number if node.comparison in (":", "<", "<=") else None,
        )
    if isinstance(node, Negation):
        return None, None
    begins, ends = zip(*map(_bounds, node.parts), strict=True) if node.parts else ((), ())
    if isinstance(node, Every):
        return max((one for one in begins if one is not None), default=None), min(
            (one for one in ends if one is not None), default=None
        )
    return None if None in begins else min(begins), None if None in ends else max(ends)
