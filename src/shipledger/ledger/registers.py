"""Facts of a record are registers: each keeps what was said with the greatest order. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict

from shipledger.ledger.submission import Order

T = TypeVar("T")
_ENCODER = msgspec.json.Encoder(order="deterministic")


def known(value: T | None | UnsetType) -> T | None:
    """A fact; None also where nobody said anything of it."""
    return None if value is UNSET else value


def as_said(value: T | None) -> T | UnsetType:
    """The reverse: absent says nothing, so that a later report without a member leaves the one that is known."""
    return UNSET if value is None else value


def said_in(facts: Struct, *, withdrawn: Collection[str] = ()) -> dict[str, Any]:
    """What a report says of facts, by name. Those of ``withdrawn`` are UNSET where it leaves them out."""
    return {name: said for name, said in asdict(facts).items() if said is not UNSET or name in withdrawn}


def find_winners(said: Mapping[str, Any], order: Order, held: Struct, orders: Mapping[str, Order]) -> dict[str, Any]:
    """Those of the facts ``said`` with ``order`` that replace what is ``held`` with ``orders``."""
    return {name: value for name, value in said.items() if outranks(order, value, orders.get(name), getattr(held, name))}


def outranks(order: Order, said: object, held_order: Order | None, held: object) -> bool:
    """Whether ``said`` replaces ``held``. Ties are broken by the values, so that the order of arrival does not matter."""
    if held_order is None or order != held_order:
        return held_order is None or order > held_order
    return _encode(said) > _encode(held)


def _encode(value: object) -> bytes:
    return b"" if value is UNSET else _ENCODER.encode(value)
