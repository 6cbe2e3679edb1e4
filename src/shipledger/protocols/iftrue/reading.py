"""Reading the members of a report, with one text for every member that is wrong. Pure.

Shell scripts quote everything, so numbers and booleans are read from text too. A reader never stops at the first fault,
because an answer must name them all; what it returns for a wrong member only stands in for a value.
"""

from __future__ import annotations

import math
import re
from typing import Any

from shipledger.protocols.scalars import to_text
from shipledger.protocols.wire_json import find_unstorable

Faults = dict[str, str]

SHOULD_BE_PROVIDED = "should be provided"
SHOULD_NOT_BE_EMPTY = "should not be empty"
SHOULD_BE_A_NUMBER = "should be a number"
SHOULD_BE_WHOLE = "should be a whole number"
SHOULD_BE_TRUE_OR_FALSE = "should be true or false"

MAX_COUNT = 2**31 - 1
LARGEST = 2**63
"""A larger whole number is as much too large as this one, and may not fit a float."""

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")
_BOOLEANS = {"true": True, "false": False}


class Reader:
    """The members of a report."""

    def __init__(self, members: dict[str, Any], faults: Faults) -> None:
        self._members = members
        self._faults = faults

    def fault(self, name: str, text: str) -> None:
        """Note what is wrong with a member; the first fault of a member stays."""
        self._faults.setdefault(name, text)

    def is_sound(self, name: str) -> bool:
        """Whether nothing is wrong with the member so far."""
        return name not in self._faults

    def required_text(self, name: str, *, limit: int) -> str:
        """A text that says something."""
        value = self._members.get(name)
        if value is None:
            self.fault(name, SHOULD_BE_PROVIDED)
            return ""
        text = self._checked_text(name, value, limit)
        if not text.strip():
            self.fault(name, SHOULD_NOT_BE_EMPTY)
        return text

    def text(self, name: str, *, limit: int) -> str | None:
        """A text, or None when it is absent, null or empty."""
        value = self._members.get(name)
        return None if value is None or value == "" else self._checked_text(name, value, limit)

    def boolean(self, name: str) -> bool | None:
        """A boolean, also as text, or None when it is absent, null or empty."""
        value = self._members.get(name)
        if value is None or value == "" or type(value) is bool:
            return value if type(value) is bool else None
        read = _BOOLEANS.get(value.strip().lower()) if type(value) is str else None
        if read is None:
            self.fault(name, SHOULD_BE_TRUE_OR_FALSE)
        return read

    def number(self, name: str, *, maximum: int) -> float | None:
        """A number that is 0 or more, also as text, or None when it is absent, null or empty."""
        value = self._members.get(name)
        return None if value is None or value == "" else self._checked_number(name, value, maximum)

    def count(self, name: str) -> int | None:
        """A whole number that is 0 or more, or None when it is absent, null or empty."""
        value = self._members.get(name)
        if value is None or value == "":
            return None
        number = self._checked_number(name, value, MAX_COUNT)
        if not number.is_integer():
            self._faults[name] = SHOULD_BE_WHOLE
        return int(number)

    def required_count(self, name: str) -> int:
        """A whole number that was sent."""
        value = self._members.get(name)
        if value is None or value == "":
            self.fault(name, SHOULD_BE_PROVIDED if value is None else SHOULD_NOT_BE_EMPTY)
        return self.count(name) or 0

    def raw(self, name: str) -> Any:
        """The member as it was sent."""
        return self._members.get(name)

    def _checked_text(self, name: str, value: object, limit: int) -> str:
        value = to_text(value)
        if type(value) is not str:
            self.fault(name, "should be a string")
            return ""
        if len(value) > limit:
            self.fault(name, f"should have at most {limit} characters")
        elif (unstorable := find_unstorable(value)) is not None:
            self.fault(name, f"should not contain {unstorable}")
        return value

    def _checked_number(self, name: str, value: object, maximum: int) -> float:
        number = _read_number(value)
        if number is None:
            self.fault(name, SHOULD_BE_A_NUMBER)
        elif number < 0:
            self.fault(name, "should be 0 or more")
        elif number > maximum:
            self.fault(name, f"should be at most {maximum}")
        else:
            return number
        return 0.0


def _read_number(value: object) -> float | None:
    if type(value) is str and _NUMBER.fullmatch(value.strip()):
        value = float(value)
    if type(value) is int:
        value = float(max(-LARGEST, min(value, LARGEST)))
    return float(value) if isinstance(value, float) and math.isfinite(value) else None
