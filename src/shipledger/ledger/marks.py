"""Marks: what somebody says by hand of a deployment or an incident, with who said it last and when. Pure.

A mark has no time of its own, so the order of acceptance decides. It is withdrawn by another mark: None takes a member back.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import UNSET, Struct

from shipledger.ledger.actor import Actor
from shipledger.ledger.remedies import remediation_of
from shipledger.ledger.submission import Facts, Order

MARKS = ("is_change_failure", "is_unplanned", "remediation", "note")
"""The facts of a deployment that are marks. A sender that repeats its whole record says nothing of them."""

CONTRADICTING = frozenset({"is_change_failure", "remediation"})
"""The marks that can contradict each other."""

CONTRADICTION = (
    "A deployment that is no change failure needs no remediation. Withdraw one of them: "
    '"change_failure": null or "remediation": null.'
)


class Marking(Struct, frozen=True, omit_defaults=True):
    """Who said a member last, and when that was accepted. ``actor``: None in entries of versions that did not keep it."""

    order: Order
    at: datetime
    actor: Actor | None = None


def join_markings(
    held: dict[str, Marking], said: Any, names: Iterable[str], order: Order, *, at: datetime, actor: Actor | None
) -> dict[str, Marking]:
    """``held`` after the members of ``said`` that are among ``names`` were said with ``order``; the same, if none was."""
    new = {
        name: marking
        for name in names
        if getattr(said, name) is not UNSET
        for marking in [Marking(order=order, at=at, actor=actor)]
        if name not in held or _rank(held[name]) < _rank(marking)
    }
    return {**held, **new} if new else held


def is_later(one: Marking, other: Marking) -> bool:
    """Whether the first was said after the other."""
    return _rank(one) > _rank(other)


def find_contradiction(facts: Facts) -> str:
    """Why the marks of a deployment contradict each other, as a sentence; "" where they do not."""
    return CONTRADICTION if facts.is_change_failure is False and remediation_of(facts) is not None else ""


def _rank(marking: Marking) -> tuple[Order, datetime, str]:
    """Of equal orders the later counts, so that no order of arrival does."""
    return marking.order, marking.at, str(marking.actor or "")
