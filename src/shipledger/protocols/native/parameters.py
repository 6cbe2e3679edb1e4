"""Reading the parameters of a query, with one text for every one that is wrong. Pure.

An empty parameter means its default. One that is not known, or is given twice, is an error: a list that ignored a filter would
say more than was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from starlette.datastructures import QueryParams

from shipledger.errors import Invalid
from shipledger.protocols.native.reading import Faults
from shipledger.protocols.times import parse_time
from shipledger.protocols.wire_json import find_unstorable

T = TypeVar("T")

TEXT_LIMIT = 512
SHOULD_BE_A_TIME = "should be a date such as 2026-03-04, or a date and time such as 2026-03-04T10:02:00Z"

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LOST_PLUS = re.compile(r"(.*T.*[0-9]) ([0-9]{2}:?[0-9]{2})", re.IGNORECASE)
"""A plus that was not encoded arrives as a space."""
_NUMBER = re.compile(r"[0-9]{1,9}")


FLAG = {"true": True, "false": False}
"""The words of what is either so or not."""

DRY_RUN = "dry_run"
"""Whether only to say what a change would do."""


class Parameters:
    """The parameters of one query. What is wrong is noted; ``check`` raises it."""

    def __init__(self, query: QueryParams, known: Sequence[str]) -> None:
        self.faults: Faults = {}
        self._values: dict[str, str] = {}
        for name, value in query.multi_items():
            text = value.strip()
            if name not in known:
                advice = f"use {', '.join(known)}" if known else "there are none"
                self.faults[name[:TEXT_LIMIT]] = f"is not a parameter here; {advice}"
            elif name in self._values:
                self.faults[name] = "should be given once"
            elif text:
                self._values[name] = text

    def check(self) -> None:
        """Raises Invalid when anything is wrong."""
        if self.faults:
            raise Invalid("parameters", "The query has wrong parameters.", fields=self.faults)

    def items(self) -> list[tuple[str, str]]:
        """The parameters that say something, in order of their names."""
        return sorted(self._values.items())

    def has(self, name: str) -> bool:
        """Whether it is given."""
        return name in self._values

    def text(self, name: str, *, least: int = 1, limit: int = TEXT_LIMIT) -> str:
        """A text; "" when it is not given."""
        text = self._values.get(name, "")
        if len(text) > limit:
            self.faults[name] = f"should have at most {limit} characters"
        elif text and len(text) < least:
            self.faults[name] = f"should have at least {least} characters"
        elif (unstorable := find_unstorable(text)) is not None:
            self.faults[name] = f"should not contain {unstorable}"
        return text

    def flag(self, name: str) -> bool:
        """Whether it is said to be so."""
        return self.word(name, FLAG, {}) or False

    def word(self, name: str, known: Mapping[str, T], spellings: Mapping[str, T]) -> T | None:
        """What one of the words of a table means; case does not count."""
        text = self._values.get(name)
        if text is None:
            return None
        word = text.lower().replace("-", "_").replace(" ", "_")
        meaning = known.get(word, spellings.get(word))
        if meaning is None:
            self.faults[name] = f"should be one of {', '.join(known)}"
        return meaning

    def number(self, name: str, *, default: int, maximum: int) -> int:
        """A number from 1."""
        text = self._values.get(name)
        if text is None:
            return default
        if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= maximum:
            self.faults[name] = f"should be a number from 1 to {maximum}"
            return default
        return int(text)

    def time(self, name: str) -> datetime | None:
        """A time; of a date its first moment in UTC."""
        text = self._values.get(name)
        if text is None:
            return None
        try:
            return parse_time(f"{text}T00:00:00Z" if _DATE.fullmatch(text) else _LOST_PLUS.sub(r"\1+\2", text))
        except ValueError:
            self.faults[name] = SHOULD_BE_A_TIME
            return None
