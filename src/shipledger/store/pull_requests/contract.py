"""What every store does with pull requests; part of ``store.contract.Store``."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from shipledger.found import Found
from shipledger.pull_requests.model import PullRequest


class PullRequestStore(Protocol):
    """Pull requests, besides what the store does with every aggregate."""

    async def scan_pull_requests(
        self,
        organization_id: str,
        *,
        opened_from: datetime | None,
        opened_until: datetime | None,
        after: tuple[int, str] | None,
        limit: int,
    ) -> Found[PullRequest]:
        """A page by opening, then id, newest first, after a (time in microseconds, id); bounds are inclusive."""
