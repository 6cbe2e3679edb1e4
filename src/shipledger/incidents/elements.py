"""Parts of an incident that are said one by one: a tag, a detail, a responder. Each is a register of its own.

Of two sayings about one element the one with the greater order stays, so two senders who add different tags do not undo
each other, and a late repeat brings nothing back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

from shipledger.ledger.submission import Order


class ElementKind(StrEnum):
    """What an incident has several of."""

    TAG = "tag"
    DETAIL = "detail"
    RESPONDER = "responder"


class Element(Struct, frozen=True, omit_defaults=True):
    """One element, or that it is taken away when ``value`` is None.

    The value of a tag is the tag. The key of a responder is what its sender's protocol needs to name it again, the value is for
    people.
    """

    kind: ElementKind
    key: str
    value: str | None = None


class Held(Struct, frozen=True):
    """What was said last about an element, with its order, and when it was first said.

    The order of what is assumed is a negative time, so that the earliest counts: without its sign it is a time again.
    """

    value: str | None
    order: Order
    first_order: Order


HeldElements = Mapping[str, Mapping[str, Held]]


def join_elements(held: HeldElements, elements: Iterable[Element], order: Order) -> dict[str, dict[str, Held]]:
    """``held`` with what ``elements``, said under ``order``, make of it; of one submission's the last counts."""
    joined = {kind: dict(by_key) for kind, by_key in held.items()}
    for place, element in enumerate(elements):
        said = Held(value=element.value, order=(*order, place), first_order=(*map(abs, order), place))
        by_key = joined.setdefault(str(element.kind), {})
        known = by_key.get(element.key)
        by_key[element.key] = said if known is None else _join(known, said)
    return {kind: dict(sorted(by_key.items())) for kind, by_key in sorted(joined.items())}


def values_present(held: Mapping[str, Held]) -> dict[str, str]:
    """Key and value of the elements that are there, in the order in which they were first said."""
    present = [(one.first_order, key, one.value) for key, one in held.items() if one.value is not None]
    return {key: value for _, key, value in sorted(present)}


def list_present(held: Mapping[str, Held], *, whole: tuple[str, ...], whole_order: Order) -> tuple[str, ...]:
    """The keys that are there, where all of them were also said as a ``whole``, under ``whole_order``."""
    newer = {key: one for key, one in held.items() if not whole_order or one.order > whole_order}
    kept = [key for key in whole if key not in newer or newer[key].value is not None]
    return (*kept, *(key for key in values_present(newer) if key not in whole))


def _join(known: Held, said: Held) -> Held:
    winner = max(known, said, key=lambda one: (one.order, one.value is not None, one.value or ""))
    return Held(value=winner.value, order=winner.order, first_order=min(known.first_order, said.first_order))
