"""Hints that something changed, for pages that somebody has open."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol


class Watch(Protocol):
    """Somebody who watches one organization. ``is_over``: nothing will be heard any more."""

    is_over: bool

    async def wait(self, seconds: float) -> frozenset[str] | None:
        """The ids of records that have changed since the last call; an empty set: any may have. None: nothing was heard."""


class WatchNews(Protocol):
    """What changed. A hint may be lost where nodes cannot hear each other: whoever has to know looks now and then as well."""

    @property
    def count(self) -> int:
        """How many watch."""

    def watch(self, organization_id: str) -> AbstractContextManager[Watch]:
        """Watch an organization from now on."""
