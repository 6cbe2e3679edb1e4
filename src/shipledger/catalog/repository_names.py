"""Former names of repositories: remember those that reports may have used, rename repositories, and undo that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from shipledger.catalog.contract import CatalogStore
from shipledger.catalog.directory import ListsRepositories, find_name_to_map
from shipledger.catalog.host_aliases import NO_ALIASES, HostAliases
from shipledger.catalog.repositories.model import (
    KIND,
    NameRepository,
    RenameRepository,
    Repository,
    RepositorySubmission,
    SeparateRepository,
)
from shipledger.catalog.repositories.names import name_alias
from shipledger.catalog.repository import former_name, repository_key
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.ledger.actor import Actor
from shipledger.ledger.aggregate import RecordEntry
from shipledger.ledger.asking import Asks
from shipledger.ledger.submission import Alias
from shipledger.ledger.verdict import Reason, VerdictKind
from shipledger.texts import storable


class NamingStore(CatalogStore, ListsRepositories, Protocol):
    """The part of the store that the rules need."""

    async def load_records(self, kind: str, names: Sequence[tuple[str, Alias]]) -> dict[tuple[str, Alias], Repository]:
        """The records that names refer to."""

    async def list_entries_of(self, kind: str, organization_id: str, subject_id: str) -> list[RecordEntry]:
        """The entries of a record, in order."""


class RepositoryNames:
    """The names of repositories, by the rules."""

    def __init__(self, store: NamingStore, asks: Asks, *, aliases: HostAliases = NO_ALIASES) -> None:
        self._store = store
        self._asks = asks
        self._aliases = aliases

    async def remember(self, organization_id: str, repositories: Iterable[str], *, by: Actor) -> None:
        """Let repositories, by their canonical names, keep the services of the names that they may have had before.

        Raises what asking raises. Those that are known cost one look-up.
        """
        named = {
            name_alias(one): NameRepository(storable(one), storable(former))
            for one in repositories
            if (former := former_name(one))
        }
        if not named:
            return
        known = await self._store.load_records(KIND, [(organization_id, alias) for alias in named])
        told = {alias for (_, alias), one in known.items() if one.is_told}
        missing = [one for alias, one in named.items() if alias not in told]
        if missing:
            await self._asks.ask(organization_id, missing, operation="name repositories", actor=by)

    async def find(self, organization_id: str, text: str) -> Repository | None:
        """The repository that has, or had, a name in any spelling; None if it has but one. Raises Invalid."""
        alias = name_alias(await self.read(organization_id, text))
        return (await self._store.load_records(KIND, [(organization_id, alias)])).get((organization_id, alias))

    async def list_changes(self, repository: Repository) -> list[RecordEntry]:
        """The entries of a repository, oldest first."""
        return await self._store.list_entries_of(KIND, repository.organization_id, repository.repository_id)

    async def rename(self, organization_id: str, former: str, present: str, *, by: Actor) -> tuple[Repository, bool]:
        """The repository that is called ``present`` now, and whether that is new.

        Raises NotFound if nothing names ``former``, Invalid, and Conflict if ``former`` has become another one.
        """
        old, new = await self._read_former(organization_id, former), await self.read(organization_id, present)
        if repository_key(old) == repository_key(new):
            raise Invalid("repository", f"{new} is one name, not two.")
        if not await self._is_known(organization_id, old):
            raise NotFound("repository_not_found", f"No deployment and no service names the repository {old!r}.")
        return await self._change(organization_id, RenameRepository(old, new), "rename repository", by)

    async def separate(self, organization_id: str, former: str, present: str, *, by: Actor) -> tuple[Repository, bool]:
        """Undo ``rename``. Raises NotFound, Invalid."""
        old, new = await self._read_former(organization_id, former), await self.read(organization_id, present)
        return await self._change(organization_id, SeparateRepository(old, new), "separate repositories", by)

    def at_its_host(self, name: str) -> str:
        """``name`` by the one host that it has here."""
        return self._aliases.rename(name)

    async def read(self, organization_id: str, text: str) -> str:
        """The canonical name of a repository in any spelling. Raises Invalid."""
        return storable(await find_name_to_map(self._store, organization_id, text, self._aliases))

    async def _read_former(self, organization_id: str, text: str) -> str:
        """The same with the host that was said: what was recorded before the host had an alias can be joined."""
        return storable(await find_name_to_map(self._store, organization_id, text))

    async def _is_known(self, organization_id: str, name: str) -> bool:
        recorded = await self._store.list_repositories(organization_id)
        names = {repository_key(one.repository) for one in recorded} | {*await self._store.list_repository_names(organization_id)}
        return repository_key(name) in names

    async def _change(
        self, organization_id: str, asked: RepositorySubmission, operation: str, by: Actor
    ) -> tuple[Repository, bool]:
        (verdict,) = await self._asks.ask(organization_id, [asked], operation=operation, actor=by)
        if verdict.reason is Reason.NAME_TAKEN:
            raise Conflict("repository_name_taken", verdict.sentence)
        if verdict.reason is Reason.NO_MATCH:
            raise NotFound("repository_not_found", verdict.sentence)
        if verdict.kind is VerdictKind.REJECTED:
            raise Invalid("repository", verdict.sentence)
        place = (organization_id, name_alias(asked.repository))
        return (await self._store.load_records(KIND, [place]))[place], verdict.kind is VerdictKind.APPLIED
