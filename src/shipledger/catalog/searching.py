"""What a search finds, before it is read: the contract of the stores."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Protocol, TypeAlias

from msgspec import Struct

from shipledger.search_words import Query


class Kind(StrEnum):
    """What may be found, in the order in which it is shown."""

    DEPLOYMENT = "deployment"
    ISSUE = "issue"
    SERVICE = "service"
    REPOSITORY = "repository"
    PERSON = "person"
    INCIDENT = "incident"
    PULL_REQUEST = "pull_request"
    REQUEST = "request"


class Matched(StrEnum):
    """By what something is found; of several, the first counts."""

    ID = "id"
    EXTERNAL_ID = "external_id"
    COMMIT = "commit"
    ISSUE = "issue"
    VERSION = "version"
    NUMBER = "number"
    NAME = "name"
    TITLE = "title"


MATCHED_ORDER = tuple(Matched)

Rank: TypeAlias = tuple[bool, int, str]
"""The place of something among others of its kind; the greatest comes first."""


class Candidate(Struct, frozen=True):
    """Something that a search finds: by its id, or by its name where it has none.

    ``is_exact``: what was looked for is the whole of what it is found by. ``at_us``: when it happened, in microseconds.
    ``service_id``: of the service that has this name, "" where a sender alone names it so.
    """

    key: str
    at_us: int
    matched: Matched
    is_exact: bool
    service_id: str = ""

    @property
    def rank(self) -> Rank:
        """Its place."""
        return self.is_exact, self.at_us, self.key


class SearchStore(Protocol):
    """Looks for deployments and all that has to do with them."""

    async def find_candidates(
        self, organization_id: str, query: Query, kinds: Collection[Kind], *, limit: int
    ) -> Mapping[Kind, Sequence[Candidate]]:
        """What ``query`` finds of some kinds: exact matches first, then what begins so, newest first.

        Each kind has up to ``limit``. Where a beginning is very common, it looks at some thousands of the newest.
        """

    async def list_commits_that_begin(self, organization_id: str, start: str, *, limit: int) -> list[tuple[str, str]]:
        """Commits that were sent, by the beginning of their ids in lower case: the key of the repository, and the id."""

    async def list_running_ids(self, organization_id: str, deployment_ids: Sequence[str]) -> frozenset[str]:
        """Those of the deployments that run now, in an environment of a service that they name, or whose repository it is."""
