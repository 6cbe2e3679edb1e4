"""How much a server does now: over the last minute, for people. Prometheus reads ``metrics`` instead."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

WINDOW_SECONDS = 60


class Measured(Struct, frozen=True):
    """What was done in the last ``seconds``. ``batch_size`` and ``commit_seconds`` are means of commits; 0 without any."""

    seconds: float
    requests: int
    receipts: int
    commits: int
    batch_size: float
    commit_seconds: float

    @property
    def requests_per_second(self) -> float:
        """Requests answered."""
        return self.requests / self.seconds if self.seconds else 0.0

    @property
    def receipts_per_second(self) -> float:
        """Receipts stored."""
        return self.receipts / self.seconds if self.seconds else 0.0


class _Second:
    """What was done in one second."""

    __slots__ = ("at", "commit_seconds", "commits", "receipts", "requests")

    def __init__(self, at: int) -> None:
        self.at = at
        self.requests = self.receipts = self.commits = 0
        self.commit_seconds = 0.0


class Pace:
    """Counts in a ring of seconds, so that counting costs next to nothing and nothing grows."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._began = monotonic()
        self._ring = [_Second(-1) for _ in range(WINDOW_SECONDS)]

    @property
    def age_seconds(self) -> float:
        """How long it has counted."""
        return self._monotonic() - self._began

    def count_request(self) -> None:
        """One request was answered."""
        self._now().requests += 1

    def count_commit(self, receipts: int, seconds: float) -> None:
        """One transaction stored receipts."""
        now = self._now()
        now.commits += 1
        now.receipts += receipts
        now.commit_seconds += seconds

    def measure(self) -> Measured:
        """What was done in the last minute, or since the start."""
        age, now = self.age_seconds, int(self.age_seconds)
        found = [one for one in self._ring if one.at >= 0 and now - one.at < WINDOW_SECONDS]
        commits, receipts = sum(one.commits for one in found), sum(one.receipts for one in found)
        return Measured(
            seconds=min(age, float(WINDOW_SECONDS)),
            requests=sum(one.requests for one in found),
            receipts=receipts,
            commits=commits,
            batch_size=receipts / commits if commits else 0.0,
            commit_seconds=sum(one.commit_seconds for one in found) / commits if commits else 0.0,
        )

    def _now(self) -> _Second:
        at = int(self._monotonic() - self._began)
        found = self._ring[at % WINDOW_SECONDS]
        if found.at != at:
            found = self._ring[at % WINDOW_SECONDS] = _Second(at)
        return found
