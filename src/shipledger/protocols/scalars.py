"""Numbers and booleans in place of strings, because templates and shells drop quotes. Vendors accept them, as Spring does."""

from __future__ import annotations

import math

from shipledger.texts import SentNumber


def to_text(value: object) -> object:
    """The text of a JSON number, as it was sent, or of a boolean; anything else, and what no float can hold, unchanged."""
    if isinstance(value, SentNumber):
        return value.sent
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is int or (type(value) is float and math.isfinite(value)):
        return str(value)
    return value
