"""How slowly something may come."""

from __future__ import annotations


class Pace:
    """A sender may do nothing for ``seconds``, and must send so many bytes a second besides.

    Bytes buy time, but never more than ``seconds`` of it: who has sent much may not stand still for long.
    """

    def __init__(self, seconds: float, bytes_per_second: int, now: float) -> None:
        self._seconds = seconds
        self._bytes_per_second = bytes_per_second
        self.ends_at = now + seconds

    def note(self, count: int, now: float) -> None:
        """So many bytes have come."""
        self.ends_at = min(self.ends_at + count / self._bytes_per_second, now + self._seconds)

    def rest(self, now: float) -> None:
        """Nothing could come until now."""
        self.ends_at = now + self._seconds
