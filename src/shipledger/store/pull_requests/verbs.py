"""Pull requests."""

from __future__ import annotations

from datetime import datetime

from shipledger.deployments.lookups import AFTER_ALL_IDS
from shipledger.found import Found
from shipledger.pull_requests.aggregate import PULL_REQUESTS
from shipledger.pull_requests.model import PullRequest
from shipledger.store.bounds import LATEST_US, from_bound, until_bound
from shipledger.store.codecs import codec_of
from shipledger.store.session import Session


class SqlPullRequests(Session):
    """See PullRequestStore."""

    async def scan_pull_requests(
        self,
        organization_id: str,
        *,
        opened_from: datetime | None,
        opened_until: datetime | None,
        after: tuple[int, str] | None,
        limit: int,
    ) -> Found[PullRequest]:
        after_us, after_id = after or (LATEST_US, AFTER_ALL_IDS)
        text = await self._fetch_long(
            "scan_pull_requests",
            organization_id=organization_id,
            from_us=from_bound(opened_from),
            until_us=until_bound(opened_until),
            after_us=after_us,
            after_id=after_id,
            limit=limit,
        )
        return codec_of(PULL_REQUESTS).decode_all(text)
