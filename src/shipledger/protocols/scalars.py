"""Numbers and booleans where a text is meant: templates and shells drop quotes. Vendors take them as Spring does. Pure."""

from __future__ import annotations

import math


def to_text(value: object) -> object:
    """The text of a JSON number or boolean; anything else unchanged, as is a number that is too large for a float.

    Zeros at the end of a fraction are lost when JSON is read: 2.10 has become 2.1 when it gets here.
    """
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is int or (type(value) is float and math.isfinite(value)):
        return str(value)
    return value
