"""Pull requests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shipledger.found import Found
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.submission import Alias
from shipledger.pull_requests.model import PullRequest
from shipledger.verbs.changes import Changes
from shipledger.verbs.projects import ProjectPage
from shipledger.verbs.shipped import Shipments, Shipped


class PullRequestVerbs(Protocol):
    """Pull requests, and what else a deployment changed."""

    async def find_pull_request(self, organization_id: str, name: Alias) -> PullRequest | None:
        """The one with a name, or None; an alias without scope is an id of the ledger."""

    async def scan_pull_requests(
        self, organization_id: str, opened_from: datetime | None, opened_until: datetime | None, after: tuple[int, str] | None
    ) -> Found[PullRequest]:
        """A page, newest first, after a (time in microseconds, id); an empty page is the last. Bounds are inclusive."""

    async def list_pull_requests_of_commits(self, organization_id: str, commit_ids: Sequence[str]) -> Found[PullRequest]:
        """Those that have one of some commits, by their whole ids, ignoring case; in no order."""

    async def list_pull_requests_of_commit(self, organization_id: str, commit: str, *, limit: int) -> Found[PullRequest]:
        """Those that have a commit whose id begins with ``commit``, ignoring case; in no order."""

    async def find_changes(self, deployment: Deployment, *, limit: int) -> Changes:
        """What a deployment changed against what ran before it, with at most ``limit`` commits of each side."""

    async def list_projects(self, organization_id: str, *, after: str, limit: int) -> ProjectPage:
        """A page of the projects whose issues deployments name, by key."""

    async def find_shipped(self, deployment: Deployment) -> Shipped:
        """The pull requests that went out with a deployment."""

    async def find_shipments(self, pull_request: PullRequest) -> Shipments:
        """The first deployment that brought a pull request to each environment."""
