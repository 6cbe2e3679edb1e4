"""Reading the members of a decoded JSON object, with one sentence for everything that is wrong. Pure.

A checker never raises and never stops at the first fault, because an answer must name them all. What it returns for a
wrong member only stands in for a value; nobody may use it while there are errors. ``null`` is absent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from shipledger.protocols.jira.vocabulary import MAX_INT64, MIN_INT64
from shipledger.protocols.scalars import to_text
from shipledger.protocols.times import parse_time
from shipledger.protocols.wire_json import find_unstorable

_DECIMAL = re.compile(r"-?[0-9]{1,19}")
_ABSOLUTE_URL = re.compile(r"(?:https?://[^/?#\s]|(?!https?:)[a-z][a-z0-9+.-]*://\S)", re.IGNORECASE)
_ONCE_A_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


def read_int64(value: object) -> int | None:
    """The number in a JSON integer, a JSON number without a fraction, or a decimal string; None when it is no int64."""
    number = None
    if type(value) is int:
        number = value
    elif (isinstance(value, float) and value.is_integer()) or (type(value) is str and _DECIMAL.fullmatch(value)):
        number = int(value)
    return number if number is not None and MIN_INT64 <= number <= MAX_INT64 else None


def decimal_text(value: object) -> object:
    """The text of a JSON number, as it was sent; anything else unchanged, as is a number that is too large for a float."""
    return value if type(value) is bool else to_text(value)


def id_text(value: object) -> str:
    """The text of an id, or "" for what is none."""
    text = decimal_text(value)
    return text if type(text) is str else ""


class Checker:
    """The members of one object. ``path`` is where it lies, with a dot at its end unless it is the deployment itself.

    ``reads_widely``: numbers and booleans are read as texts, and times in every form. What was refused before is judged again
    as it was then.
    """

    __slots__ = ("_members", "_path", "errors", "reads_widely")

    def __init__(self, members: dict[str, Any], errors: list[str], path: str = "", *, reads_widely: bool = True) -> None:
        self._members = members
        self._path = path
        self.errors = errors
        self.reads_widely = reads_widely

    def get(self, name: str) -> Any:
        """The member as sent; None when it is absent."""
        return self._members.get(name)

    def fault(self, name: str, text: str) -> None:
        """Note what is wrong with a member."""
        self.errors.append(f"'{self._path}{name}' {text}")

    def integer(self, name: str) -> int:
        """A required int64."""
        value = self._members.get(name)
        if value is None or value == "":
            self.fault(name, "is required")
            return 0
        number = read_int64(value)
        if number is None:
            self.fault(name, "must be an integer")
        return number or 0

    def id(self, name: str) -> str:
        """A required id of 1 to 255 characters, which may be sent as a number."""
        return self._text(name, decimal_text(self._members.get(name)), limit=255, may_be_empty=False)

    def name(self, name: str) -> str:
        """A required name of at most 255 characters, which may be empty or sent as a number."""
        return self._text(name, decimal_text(self._members.get(name)), limit=255, may_be_empty=True)

    def text(self, name: str) -> str:
        """A required text of at most 255 characters, which may be empty."""
        return self._text(name, self._members.get(name), limit=255, may_be_empty=True)

    def optional_text(self, name: str) -> str | None:
        """A text of at most 255 characters, or None."""
        return None if self._members.get(name) is None else self.text(name)

    def url(self, name: str) -> str:
        """A required absolute URL of at most 2000 characters."""
        faults_before = len(self.errors)
        text = self._text(name, self._members.get(name), limit=2000, may_be_empty=False)
        if len(self.errors) == faults_before and not _ABSOLUTE_URL.match(text):
            self.fault(name, "must be an absolute URL")
        return text

    def time(self, name: str) -> datetime:
        """A required date and time."""
        value = self._members.get(name)
        if value is None or value == "":
            self.fault(name, "is required")
        else:
            try:
                return parse_time(value if type(value) is str and self._is_read_as_time(value) else "")
            except ValueError:
                self.fault(name, "must be an ISO 8601 date-time")
        return _NO_TIME

    def _is_read_as_time(self, text: str) -> bool:
        return self.reads_widely or (_ONCE_A_TIME.fullmatch(text) is not None and text[11:13] != "24")

    def choice(self, name: str, choices: Collection[str]) -> str:
        """One of ``choices``, in exactly this case."""
        value = self._members.get(name)
        if value is None or value == "":
            self.fault(name, "is required")
        elif type(text := to_text(value) if self.reads_widely else value) is str and text in choices:
            return text
        else:
            self.fault(name, f"must be one of {', '.join(choices)}")
        return ""

    def optional_amount(self, name: str) -> float | None:
        """A number that is not negative, as it was sent, or None."""
        value = self._members.get(name)
        if value is None:
            return None
        if type(value) is int and abs(value) <= MAX_INT64:
            amount: float = value
        elif isinstance(value, float) and math.isfinite(value):
            amount = float(value)
        else:
            self.fault(name, "must be a number")
            return None
        if amount < 0:
            self.fault(name, "must not be negative")
        return amount

    def required_object(self, name: str) -> Checker:
        """The checker of a required object; of nothing, which finds no further faults, when there is none."""
        return self.optional_object(name) or self._missing_object(name)

    def optional_object(self, name: str) -> Checker | None:
        """The checker of an object, or None when it is absent."""
        value = self._members.get(name)
        if value is None:
            return None
        if type(value) is not dict:
            self.fault(name, "must be an object")
            return Checker({}, [], reads_widely=self.reads_widely)
        return Checker(value, self.errors, f"{self._path}{name}.", reads_widely=self.reads_widely)

    def array(self, name: str) -> list[Any] | None:
        """An array that is not empty, or None."""
        value = self._members.get(name)
        if value is None:
            return None
        if type(value) is not list:
            self.fault(name, "must be an array")
            return None
        return value or None

    def _missing_object(self, name: str) -> Checker:
        self.fault(name, "is required")
        return Checker({}, [], reads_widely=self.reads_widely)

    def _text(self, name: str, value: Any, *, limit: int, may_be_empty: bool) -> str:
        if value is None or (value == "" and not may_be_empty):
            self.fault(name, "is required")
            return ""
        if self.reads_widely:
            value = to_text(value)
        if type(value) is not str:
            self.fault(name, "must be a string")
            return ""
        if len(value) > limit:
            self.fault(name, f"must have at most {limit} characters")
        elif (unstorable := find_unstorable(value)) is not None:
            self.fault(name, f"must not contain {unstorable}")
        return value
