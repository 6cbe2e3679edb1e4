"""How hard senders press, and how much settlement then holds back."""

from __future__ import annotations

from collections.abc import Callable

PRESSED_BATCH_SIZE = 48
"""Half of the senders wait while the other half is committed: about a hundred of them at once are meant."""
FRESH_SECONDS = 0.1
SETTLEMENT_SHARE = 0.15
LONGEST_REST_SECONDS = 0.25
_WEIGHT = 0.25


class Pressure:
    """Intake notes how many receipts shared a commit; many at a time mean that senders wait.

    A sender waits for its receipt to be durable, hardly anybody waits for a verdict as urgently. So while senders press,
    settlement takes at most its share of the time and the backlog, which is durable, grows; in every pause it catches up.
    A sender whose protocol answers with the verdict ends the rest (``Worker``).
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
        """How long settlement should rest after it has worked for so long; 0 when nobody presses."""
        is_fresh = self._monotonic() - self._noted_at < FRESH_SECONDS
        if not is_fresh or self._average < PRESSED_BATCH_SIZE:
            return 0.0
        return min(worked_seconds * (1 / SETTLEMENT_SHARE - 1), LONGEST_REST_SECONDS)
