"""Commits that senders tell of without sending them, and their repositories."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from shipledger.catalog.commit import Telling


class ToldRepository(Struct, frozen=True):
    """A repository as a sender, which is a credential, tells of it by an id of its own.

    ``repository`` is the canonical name that its address has, else the id. ``properties`` find it again.
    """

    organization_id: str
    credential_id: str
    remote_id: str
    repository: str
    name: str
    url: str
    update_sequence: int
    properties: dict[str, str] = {}


class ToldCommit(Struct, frozen=True):
    """What a sender tells of a commit. Only a greater ``update_sequence`` replaces what it told before."""

    commit_id: str
    update_sequence: int
    telling: Telling


class ToldStore(Protocol):
    """What keeps them; part of ``store.contract.Store``. The commits are those of CommitStore, without a tree."""

    async def save_told(self, told: Sequence[tuple[ToldRepository, Sequence[ToldCommit]]], *, learned_at: datetime) -> None:
        """Keep what senders tell, in one transaction. Raises NotFound when the credential is gone."""

    async def list_told_repositories(
        self, organization_id: str, credential_id: str, *, remote_id: str = ""
    ) -> list[ToldRepository]:
        """The repositories that a sender tells of, or the one that it calls ``remote_id``, by id."""

    async def list_told_commits(self, repository: ToldRepository, *, limit: int) -> list[ToldCommit]:
        """What a sender tells of the commits of a repository, the newest first."""

    async def find_told_names(self, organization_id: str, credential_id: str, remote_ids: Sequence[str]) -> dict[str, str]:
        """The canonical names of those of ``remote_ids`` that a sender has told the address of."""

    async def forget_told(self, repository: ToldRepository, *, commit_id: str = "", until: int) -> None:
        """Forget what a sender told of one commit, or of a repository and all its commits, as far as it is no newer."""
