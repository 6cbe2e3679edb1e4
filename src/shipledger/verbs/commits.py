"""Commits that were sent as packs, and those only told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from shipledger.access.grant import Grant
from shipledger.catalog.ranges import ReadRange
from shipledger.catalog.told import ToldCommit, ToldRepository


class CommitVerbs(Protocol):
    """Commits that were sent as packs, and those only told of."""

    async def find_known_commits(self, organization_id: str, repository: str, commit_ids: Sequence[str]) -> list[str]:
        """Those of the commits of a repository that were sent and are known, in the order given; not those only told of."""

    async def find_commits_in_graph(self, organization_id: str, repository: str, commit_ids: Sequence[str]) -> set[str]:
        """Those of the commits of a repository whose parents are known."""

    async def read_commit_range(
        self, organization_id: str, repository: str, commit_id: str, before: str | None, *, limit: int
    ) -> ReadRange:
        """What ``commit_id`` brought in and took out, deployed after ``before``; see ``read_range``."""

    async def keep_told(self, told: Sequence[tuple[ToldRepository, Sequence[ToldCommit]]]) -> None:
        """Return once it is durable what a sender tells of commits. Raises NotFound when its credential is gone, Unavailable."""

    async def list_told_repositories(self, grant: Grant, *, remote_id: str = "") -> list[ToldRepository]:
        """The repositories that the credential tells of, or the one that it calls ``remote_id``."""

    async def list_told_commits(self, repository: ToldRepository, *, limit: int) -> list[ToldCommit]:
        """What is told of the commits of a repository, the newest first."""

    async def find_told_names(self, grant: Grant, remote_ids: Sequence[str]) -> Mapping[str, str]:
        """The canonical names of those of ``remote_ids`` that the credential has told the address of."""

    async def forget_told(self, repository: ToldRepository, *, commit_id: str = "", until: int) -> None:
        """Forget what was told of one commit, or of a repository and all its commits, as far as it is no newer."""

    async def keep_pack(self, grant: Grant, repository: str, head: str, content: bytes) -> None:
        """Store a git pack; its commits are known later. Raises Invalid if it is not a pack, and Unavailable."""
