"""Pull requests."""

from __future__ import annotations

from datetime import datetime

from shipledger.found import Found
from shipledger.ledger.submission import Alias
from shipledger.performing.performer import Performer, tell_damaged
from shipledger.pull_requests.model import KIND, PullRequest

PAGE = 500


class PullRequestPerformer(Performer):
    """See ``verbs.pull_requests.PullRequestVerbs``."""

    async def find_pull_request(self, organization_id: str, name: Alias) -> PullRequest | None:
        """The one with a name, or None."""
        found = await self._parts.store.load_records(KIND, [(organization_id, name)])
        one: PullRequest | None = found.get((organization_id, name))
        return one

    async def scan_pull_requests(
        self, organization_id: str, opened_from: datetime | None, opened_until: datetime | None, after: tuple[int, str] | None
    ) -> Found[PullRequest]:
        """A page, newest first."""
        bounds = {"opened_from": opened_from, "opened_until": opened_until}
        return tell_damaged(await self._parts.store.scan_pull_requests(organization_id, **bounds, after=after, limit=PAGE))
