"""What a receipt asks for, as it is kept with it until it is settled.

Settings, rules and the program itself may change between acceptance and settlement, and a receipt that was set aside may be
replayed much later. What it was understood to ask for when its sender heard "accepted" holds all the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from shipledger.incidents.model import Recording
from shipledger.ingestion.naming_rule import NamingRule


class Translation(Struct, frozen=True):
    """What a receipt asks for, and by which settings issue keys count in its texts: to look for them takes the directory."""

    asks: list[Recording]
    naming: NamingRule | None = None


def write_translation(recordings: Sequence[Recording], naming: NamingRule | None) -> str:
    """It as JSON; "" where a text holds what no JSON can hold: then the receipt is interpreted anew."""
    try:
        return msgspec.json.encode(Translation([*recordings], naming)).decode()
    except (ValueError, RecursionError):
        return ""


read_translation = msgspec.json.Decoder(Translation).decode
"""The same back. Raises ValueError for what this version does not know."""
