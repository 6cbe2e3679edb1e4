"""Throttle settlement while many senders wait for commits."""

from __future__ import annotations

from collections.abc import Callable

PRESSED_BATCH_SIZE = 48
"""Half of the senders wait while the other half is committed, so this means about a hundred at once."""
FRESH_SECONDS = 0.1
SETTLEMENT_SHARE = 0.15
LONGEST_REST_SECONDS = 0.25
_WEIGHT = 0.25


class Pressure:
    """Intake reports how many receipts shared a commit; many mean that senders wait.

    Senders wait for their receipts to be stored; verdicts are rarely as urgent. So under pressure
    settlement takes at most its share of the time and the durable backlog grows; it catches up in pauses.
    A sender whose protocol answers with the verdict ends the throttling (``Worker``).
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._average = 0.0
        self._noted_at = float("-inf")

    def note_commit(self, batch_size: int) -> None:
        """A batch of receipts was committed."""
        self._average += _WEIGHT * (batch_size - self._average)
        self._noted_at = self._monotonic()

    def rest_seconds(self, worked_seconds: float) -> float:
        """How long settlement should pause after working for this long; 0 without pressure."""
        is_fresh = self._monotonic() - self._noted_at < FRESH_SECONDS
        if not is_fresh or self._average < PRESSED_BATCH_SIZE:
            return 0.0
        return min(worked_seconds * (1 / SETTLEMENT_SHARE - 1), LONGEST_REST_SECONDS)
