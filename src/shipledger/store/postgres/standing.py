"""Which parties of a database did not answer, and when they are asked again."""

from __future__ import annotations

import math
import time

from shipledger.errors import Unavailable

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
"""What is given up may stay a process of the database until it goes on by itself, so there must not be many of them."""
TOLD_SECONDS = 60.0
"""A party that nobody has asked for so long may answer by now."""


class _Silence:
    """How often in a row a party did not answer, and until when it is left alone."""

    def __init__(self) -> None:
        self.count = 0
        self.until = 0.0


class Standings:
    """The parties whose last statement was given up. When one answers, all may be asked at once: they hung together."""

    def __init__(self) -> None:
        self._silences: dict[str, _Silence] = {}

    @property
    def silent(self) -> frozenset[str]:
        """Who did not answer."""
        since = time.monotonic() - TOLD_SECONDS
        return frozenset(party for party, silence in self._silences.items() if silence.until > since)

    def is_silent(self, party: str) -> bool:
        """Whether it did not answer the last time it was asked."""
        return party in self._silences

    def is_left_alone(self, party: str) -> bool:
        """Whether it is not to be asked again yet."""
        silence = self._silences.get(party)
        return silence is not None and time.monotonic() < silence.until

    def refusal(self, party: str) -> Unavailable:
        """What is said instead of asking it."""
        silence = self._silences.get(party)
        left = silence.until - time.monotonic() if silence else 0.0
        return Unavailable(
            "database_unavailable",
            "The ledger is unavailable: the part of the database that holds this does not answer.",
            retry_after_seconds=max(1, math.ceil(left)),
        )

    def note(self, party: str, *, has_answered: bool) -> None:
        """How the last statement of a party ended."""
        if not has_answered:
            silence = self._silences.setdefault(party, _Silence())
            pause_seconds = min(FIRST_PAUSE_SECONDS * 2.0 ** min(silence.count, 16), LONGEST_PAUSE_SECONDS)
            silence.count += 1
            silence.until = time.monotonic() + pause_seconds
        elif self._silences.pop(party, None) is not None:
            now = time.monotonic()
            for silence in self._silences.values():
                silence.until = min(silence.until, now)
