"""Commits that were sent as packs, and those only told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from shipledger.access.grant import Grant
from shipledger.catalog.ranges import ReadRange, read_range
from shipledger.catalog.told import ToldCommit, ToldRepository
from shipledger.performing.performer import Performer


class CommitPerformer(Performer):
    """See ``verbs.commits.CommitVerbs``."""

    async def find_known_commits(self, organization_id: str, repository: str, commit_ids: Sequence[str]) -> list[str]:
        """Those of the commits of a repository that are known."""
        found = await self._parts.store.find_commits(organization_id, self._parts.aliases.rename(repository), commit_ids)
        return [commit.commit_id for commit in found if commit.is_whole]

    async def find_commits_in_graph(self, organization_id: str, repository: str, commit_ids: Sequence[str]) -> set[str]:
        """Those of the commits of a repository whose parents are known."""
        name = self._parts.aliases.rename(repository)
        return await self._parts.store.find_commits_in_graph(organization_id, name, commit_ids)

    async def read_commit_range(
        self, organization_id: str, repository: str, commit_id: str, before: str | None, *, limit: int
    ) -> ReadRange:
        """What a commit brought in and took out, deployed after another."""
        name = self._parts.aliases.rename(repository)
        return await read_range(self._parts.store, organization_id, name, commit_id, before, limit=limit)

    async def keep_told(self, told: Sequence[tuple[ToldRepository, Sequence[ToldCommit]]]) -> None:
        """Return once it is durable what a sender tells of commits."""
        named = [(replace(one, repository=self._parts.aliases.rename(one.repository)), commits) for one, commits in told]
        await self._parts.store.save_told(named, learned_at=self._parts.clock.now())
        for repository, commits in named:
            ids = [one.commit_id for one in commits]
            await self._parts.indexer.tell(repository.organization_id, repository.repository, ids)

    async def list_told_repositories(self, grant: Grant, *, remote_id: str = "") -> list[ToldRepository]:
        """The repositories that the credential tells of, or one of them."""
        return await self._parts.store.list_told_repositories(grant.organization_id, grant.credential_id, remote_id=remote_id)

    async def list_told_commits(self, repository: ToldRepository, *, limit: int) -> list[ToldCommit]:
        """What is told of the commits of a repository, the newest first."""
        return await self._parts.store.list_told_commits(repository, limit=limit)

    async def find_told_names(self, grant: Grant, remote_ids: Sequence[str]) -> Mapping[str, str]:
        """The canonical names of repositories that the credential has told the address of, by its ids."""
        return await self._parts.store.find_told_names(grant.organization_id, grant.credential_id, remote_ids)

    async def forget_told(self, repository: ToldRepository, *, commit_id: str = "", until: int) -> None:
        """Forget what was told of one commit, or of a repository and all its commits."""
        await self._parts.store.forget_told(repository, commit_id=commit_id, until=until)

    async def keep_pack(self, grant: Grant, repository: str, head: str, content: bytes) -> None:
        """Return once a git pack is durable."""
        await self._parts.indexer.keep(
            grant.organization_id, self._parts.aliases.rename(repository), head, content, credential_id=grant.credential_id
        )
