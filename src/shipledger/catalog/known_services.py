"""Services that were seen a moment ago, so that not every deployment looks its service up."""

from __future__ import annotations

from collections.abc import Callable

REMEMBERED_SECONDS = 1.0
REMEMBERED_NAMES = 10_000


class KnownServices:
    """Names under which an organization has a service, each remembered for a second.

    So long may a service that another process removed be taken for there; what this process changes is forgotten at once.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._seen: dict[tuple[str, str], float] = {}

    def has(self, organization_id: str, name: str) -> bool:
        """Whether the service was there within the last second."""
        until = self._seen.get((organization_id, name))
        return until is not None and self._monotonic() < until

    def see(self, organization_id: str, name: str) -> None:
        """The service was there when the look-up that just ended was asked."""
        if len(self._seen) >= REMEMBERED_NAMES:
            self._seen.clear()
        self._seen[organization_id, name] = self._monotonic() + REMEMBERED_SECONDS

    def forget(self) -> None:
        """A service has changed, or is gone."""
        self._seen.clear()
