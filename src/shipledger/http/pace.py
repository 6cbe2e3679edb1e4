"""A minimum rate for sending data."""

from __future__ import annotations


class Pace:
    """A sender may pause for ``seconds``, and must otherwise keep a minimum rate.

    Bytes buy time, but at most ``seconds``: a sender that has sent much may not pause for long.
    """

    def __init__(self, seconds: float, bytes_per_second: int, now: float) -> None:
        self._seconds = seconds
        self._bytes_per_second = bytes_per_second
        self.ends_at = now + seconds

    def note(self, count: int, now: float) -> None:
        """Note received bytes."""
        self.ends_at = min(self.ends_at + count / self._bytes_per_second, now + self._seconds)

    def rest(self, now: float) -> None:
        """Nothing could come until now."""
        self.ends_at = now + self._seconds
