"""How long to wait before trying again."""

from __future__ import annotations

import random

FIRST_SECONDS = 0.1
LONGEST_SECONDS = 2.0


class Backoff:
    """Pauses that double from 0.1 to 2 seconds, each shortened randomly by up to half so that nodes do not retry in step."""

    def __init__(self) -> None:
        self._failures = 0

    def reset(self) -> None:
        """The last attempt succeeded."""
        self._failures = 0

    def next_seconds(self) -> float:
        """The pause after one more failure, in seconds."""
        seconds = min(FIRST_SECONDS * float(2**self._failures), LONGEST_SECONDS)
        self._failures = min(self._failures + 1, 16)
        return seconds * random.uniform(0.5, 1.0)  # noqa: S311  spreads load, guards nothing
