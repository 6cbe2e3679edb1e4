"""Limits the work of a query: queries are cheap to send, and ledgers are large. Pure."""

from __future__ import annotations

LOOK = 8
"""Cost of reading a value besides its characters."""

CHARACTERS_AT_ONCE = 16
"""In comparisons of whole strings, this many characters cost as much as one read individually."""

EFFORT_LIMIT = 20_000_000
"""The budget of a request: a few seconds of CPU time, or five conditions on half a million deployments."""


class TooMuchEffortError(Exception):
    """The request exceeds its budget."""


class Effort:
    """The remaining budget of a request."""

    def __init__(self, limit: int = EFFORT_LIMIT) -> None:
        self._left = limit

    def look_at(self, text: str, *, one_by_one: bool = False) -> None:
        """Spend the cost of a comparison with ``text``. Raises TooMuchEffortError if the budget is exhausted."""
        self._left -= LOOK + (len(text) if one_by_one else len(text) // CHARACTERS_AT_ONCE)
        if self._left < 0:
            raise TooMuchEffortError
