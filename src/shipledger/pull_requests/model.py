"""A pull request, and what a receipt may ask about one. A pull request is the fold of its entries."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from msgspec import UNSET, Struct, UnsetType

from shipledger.ledger.registers import known
from shipledger.ledger.repository_names import RepositoryName
from shipledger.ledger.submission import Alias, Order

KIND = "pull_request"
NUMBER_SCOPE = "pull-request"
"""The scope of the name by which a repository and a number name one."""


class PullRequestState(StrEnum):
    """How a pull request stands."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


class PullRequestFacts(Struct, frozen=True, omit_defaults=True):
    """What a submission says about a pull request. UNSET: says nothing.

    ``reviewed_at`` is the first review, ``approved_at`` the first approval. ``merge_commit`` is the id of the commit on the
    target branch; with ``is_squash`` it stands for all of ``commits``.
    """

    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    author: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    branch: str | UnsetType = UNSET
    target_branch: str | UnsetType = UNSET
    labels: tuple[str, ...] | UnsetType = UNSET
    opened_at: datetime | UnsetType = UNSET
    reviewed_at: datetime | UnsetType = UNSET
    approved_at: datetime | UnsetType = UNSET
    merged_at: datetime | UnsetType = UNSET
    closed_at: datetime | UnsetType = UNSET
    head_commit: str | UnsetType = UNSET
    merge_commit: str | UnsetType = UNSET
    commits: tuple[str, ...] | UnsetType = UNSET
    is_squash: bool | UnsetType = UNSET


class RecordPullRequest(Struct, frozen=True, tag="record-pull-request", omit_defaults=True):
    """Record a pull request, or change the one of a repository with a number.

    ``repository`` is canonical. ``pull_request_id`` is used only if it is new. ``names``: further names to find it by.
    ``left_out`` says, as a sentence, what of the report was replaced before it came here.
    """

    source: str
    pull_request_id: str
    repository: RepositoryName
    number: str
    facts: PullRequestFacts
    order: Order
    names: tuple[Alias, ...] = ()
    left_out: str = ""


class PullRequest(Struct, frozen=True, omit_defaults=True):
    """A pull request as it stands. ``orders`` holds, for each fact that was ever said, the order that won."""

    organization_id: str
    pull_request_id: str
    source: str
    version: int
    recorded_at: datetime
    updated_at: datetime
    repository: str
    number: str
    facts: PullRequestFacts
    orders: dict[str, Order]
    names: tuple[Alias, ...] = ()

    kind: ClassVar[str] = KIND
    is_removed: ClassVar[bool] = False

    @property
    def subject_id(self) -> str:
        """Its id."""
        return self.pull_request_id

    @property
    def state(self) -> PullRequestState:
        """How it stands, by its times."""
        if self.facts.merged_at is not UNSET:
            return PullRequestState.MERGED
        return PullRequestState.OPEN if self.facts.closed_at is UNSET else PullRequestState.CLOSED

    @property
    def placed_at(self) -> datetime:
        """When it was opened, else when it was recorded."""
        return known(self.facts.opened_at) or self.recorded_at

    @property
    def commit_ids(self) -> tuple[str, ...]:
        """All commits that belong to it."""
        ends = (known(self.facts.head_commit), known(self.facts.merge_commit))
        return (*(known(self.facts.commits) or ()), *(one for one in ends if one is not None))


def number_alias(repository: str, number: str) -> Alias:
    """The name of the pull request of a repository with a number."""
    return Alias(scope=NUMBER_SCOPE, key=f"{repository.casefold()}#{number}")
