"""Pull requests."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from shipledger.found import Found
from shipledger.ledger.submission import Alias
from shipledger.pull_requests.model import PullRequest


class PullRequestVerbs(Protocol):
    """Pull requests."""

    async def find_pull_request(self, organization_id: str, name: Alias) -> PullRequest | None:
        """The one with a name, or None; an alias without scope is an id of the ledger."""

    async def scan_pull_requests(
        self, organization_id: str, opened_from: datetime | None, opened_until: datetime | None, after: tuple[int, str] | None
    ) -> Found[PullRequest]:
        """A page, newest first, after a (time in microseconds, id); an empty page is the last. Bounds are inclusive."""
