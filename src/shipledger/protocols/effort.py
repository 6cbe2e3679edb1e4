"""How much one request may look at: a query is cheap to send, and the ledger that it is asked of is large. Pure."""

from __future__ import annotations

LOOK = 8
"""What a look at a value costs besides its characters."""

CHARACTERS_AT_ONCE = 16
"""Where a text is compared as a whole, so many characters cost as much as one that is looked at by itself."""

EFFORT_LIMIT = 20_000_000
"""What one request may spend: a few seconds of a processor, or five conditions on half a million deployments."""


class TooMuchEffortError(Exception):
    """The request would look at more than it may."""


class Effort:
    """What is left of the effort that a request may take."""

    def __init__(self, limit: int = EFFORT_LIMIT) -> None:
        self._left = limit

    def look_at(self, text: str, *, one_by_one: bool = False) -> None:
        """Spend what a comparison with ``text`` takes. Raises TooMuchEffortError when nothing is left."""
        self._left -= LOOK + (len(text) if one_by_one else len(text) // CHARACTERS_AT_ONCE)
        if self._left < 0:
            raise TooMuchEffortError
