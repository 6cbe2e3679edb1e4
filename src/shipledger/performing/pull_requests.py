"""Pull requests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shipledger.found import Found
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.submission import Alias
from shipledger.performing.performer import Performer, tell_damaged
from shipledger.pull_requests.model import KIND, PullRequest
from shipledger.verbs import changes, projects, shipped
from shipledger.verbs.changes import Changes
from shipledger.verbs.projects import ProjectPage
from shipledger.verbs.shipped import Shipments, Shipped

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

    async def list_pull_requests_of_commits(self, organization_id: str, commit_ids: Sequence[str]) -> Found[PullRequest]:
        """Those that have one of some commits."""
        return tell_damaged(await self._parts.store.list_pull_requests_of_commits(organization_id, commit_ids))

    async def list_pull_requests_of_commit(self, organization_id: str, commit: str, *, limit: int) -> Found[PullRequest]:
        """Those that have a commit whose id begins so."""
        return tell_damaged(await self._parts.store.list_pull_requests_of_commit(organization_id, commit, limit=limit))

    async def find_changes(self, deployment: Deployment, *, limit: int) -> Changes:
        """What a deployment changed."""
        return await changes.find_changes(self._parts.store, deployment, self._parts.key_words, limit=limit)

    async def list_projects(self, organization_id: str, *, after: str, limit: int) -> ProjectPage:
        """A page of projects."""
        words = self._parts.key_words
        return await projects.list_projects(self._parts.store, organization_id, words, after=after, limit=limit)

    async def find_shipped(self, deployment: Deployment) -> Shipped:
        """The pull requests that went out with a deployment."""
        return await shipped.find_shipped(self._parts.store, deployment)

    async def find_shipments(self, pull_request: PullRequest) -> Shipments:
        """The deployments that shipped a pull request."""
        return await shipped.find_shipments(self._parts.store, pull_request)
