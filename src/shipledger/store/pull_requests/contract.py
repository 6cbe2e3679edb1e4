"""What every store does with pull requests; part of ``store.contract.Store``."""

from __future__ import annotations

from collections.abc import Sequence
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

    async def list_pull_requests_of_commits(self, organization_id: str, commit_ids: Sequence[str]) -> Found[PullRequest]:
        """Those that have one of some commits, by their whole ids, ignoring case; in no order."""

    async def list_pull_requests_of_commit(self, organization_id: str, commit: str, *, limit: int) -> Found[PullRequest]:
        """Those that have a commit whose id begins with ``commit``, ignoring case; in no order."""
