"""Pull requests as they are on the wire."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET, Struct, UnsetType

from shipledger.protocols.native.past import KnowledgeOut
from shipledger.protocols.native.wire import ReleaseIn, VerdictOut


class PullRequestIn(Struct, frozen=True, kw_only=True):
    """The body of a pull request, checked. None was not sent. ``updated_at``: when all of it was so, by its sender."""

    repository: str
    number: str
    title: str | None
    description: str | None
    author: str | None
    url: str | None
    branch: str | None
    target_branch: str | None
    labels: tuple[str, ...]
    opened_at: datetime | None
    reviewed_at: datetime | None
    approved_at: datetime | None
    merged_at: datetime | None
    closed_at: datetime | None
    updated_at: datetime | None
    head_commit: str | None
    merge_commit: str | None
    commits: tuple[str, ...]
    is_squash: bool | None

    @property
    def releases(self) -> tuple[ReleaseIn, ...]:
        """It deploys nothing."""
        return ()


class PullRequestOut(Struct, frozen=True, kw_only=True):
    """A pull request. Every member is always there, and null where nobody said; ``verdict`` and ``request_id`` answer a write."""

    id: str
    repository: str
    number: str
    state: str
    title: str | None
    description: str | None
    author: str | None
    url: str | None
    branch: str | None
    target_branch: str | None
    labels: tuple[str, ...]
    opened_at: str | None
    reviewed_at: str | None
    approved_at: str | None
    merged_at: str | None
    closed_at: str | None
    head_commit: str | None
    merge_commit: str | None
    commits: tuple[str, ...]
    is_squash: bool | None
    source: str
    recorded_at: str
    updated_at: str
    request_id: str | UnsetType = UNSET
    verdict: VerdictOut | UnsetType = UNSET
    knowledge: KnowledgeOut | UnsetType = UNSET


class PullRequestsOut(Struct, frozen=True):
    """The answer to a list of pull requests: each item in its place, with its own verdict."""

    request_id: str
    pull_requests: tuple[PullRequestOut, ...]


class PullRequestPageOut(Struct, frozen=True):
    """A page of pull requests. ``next_cursor`` is null on the last one."""

    pull_requests: tuple[PullRequestOut, ...]
    next_cursor: str | None
    knowledge: KnowledgeOut | UnsetType = UNSET
