"""What is known of the commits of an organization, remembered for a moment: most reports need not look for any."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

REMEMBERED_SECONDS = 5.0


class KnownCommits:
    """Whether an organization has commits that ``ask`` looks for, as it was a moment ago. Those that come later are told of."""

    def __init__(self, ask: Callable[[str], Awaitable[bool]], monotonic: Callable[[], float]) -> None:
        self._ask = ask
        self._monotonic = monotonic
        self._known: dict[str, tuple[float, bool]] = {}

    async def has_any(self, organization_id: str) -> bool:
        """Raises what ``ask`` raises."""
        until, has_any = self._known.get(organization_id, (float("-inf"), False))
        if self._monotonic() >= until:
            until, has_any = self._monotonic() + REMEMBERED_SECONDS, await self._ask(organization_id)
            self._known[organization_id] = until, has_any
        return has_any
