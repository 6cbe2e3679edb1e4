"""What a receipt asks for, as it is kept with it until it is settled.

Settings, rules and the program itself may change between acceptance and settlement, and a receipt that was set aside may be
replayed much later. What it was understood to ask for when its sender heard "accepted" holds all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, Union, cast

import msgspec
from msgspec import Struct

from shipledger.aggregates import Recording
from shipledger.ingestion.naming_rule import NamingRule
from shipledger.ledger.aggregate import Aggregates

T = TypeVar("T")


class Translation(Struct, Generic[T], frozen=True):
    """What a receipt asks for, and by which settings issue keys count in its texts: to look for them takes the directory."""

    asks: list[T]
    naming: NamingRule | None = None


def write_translation(recordings: Sequence[Recording], naming: NamingRule | None) -> str:
    """It as JSON; "" where a text holds what no JSON can hold: then the receipt is interpreted anew."""
    try:
        return msgspec.json.encode(Translation([*recordings], naming)).decode()
    except (ValueError, RecursionError):
        return ""


def translation_reader(aggregates: Aggregates) -> Callable[[str], Translation[Any]]:
    """What reads it back. That raises ValueError for what this version does not know."""
    asked: Any = Union[tuple(submission for aggregate in aggregates for submission in aggregate.submissions)]  # noqa: UP007
    generic: Any = Translation
    return cast("Callable[[str], Translation[Any]]", msgspec.json.Decoder(generic[asked]).decode)
