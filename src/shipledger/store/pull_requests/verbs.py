"""Pull requests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shipledger.deployments.lookups import AFTER_ALL_IDS
from shipledger.errors import DamagedRecord
from shipledger.found import Found
from shipledger.pull_requests.aggregate import PULL_REQUESTS
from shipledger.pull_requests.model import PullRequest
from shipledger.store import rows
from shipledger.store.bounds import LATEST_US, from_bound, until_bound
from shipledger.store.codecs import codec_of
from shipledger.store.deployments.listing import to_commit_range
from shipledger.store.session import Session
from shipledger.texts import without_case

COMMITS_AT_ONCE = 5_000


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

    async def list_pull_requests_of_commits(self, organization_id: str, commit_ids: Sequence[str]) -> Found[PullRequest]:
        found: list[PullRequest] = []
        damaged: list[DamagedRecord] = []
        wanted = list(dict.fromkeys(without_case(rows.storable(one)) for one in commit_ids))
        for first in range(0, len(wanted), COMMITS_AT_ONCE):
            ids = rows.to_json(wanted[first : first + COMMITS_AT_ONCE])
            text = await self._fetch_long("list_pull_requests_of_commits", organization_id=organization_id, commit_ids=ids)
            page = codec_of(PULL_REQUESTS).decode_all(text)
            found, damaged = [*found, *page], [*damaged, *page.damaged]
        return Found({one.pull_request_id: one for one in found}.values(), damaged)

    async def list_pull_requests_of_commit(self, organization_id: str, commit: str, *, limit: int) -> Found[PullRequest]:
        text = await self._fetch_long(
            "list_pull_requests_of_commit", organization_id=organization_id, limit=limit, **to_commit_range(commit)
        )
        return codec_of(PULL_REQUESTS).decode_all(text)
