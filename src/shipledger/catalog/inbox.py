"""What is not mapped yet: names that came with deployments and mean nothing here so far; and what people want to leave so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from shipledger.catalog.ignoring.model import KIND, SUBJECT, ChangeIgnored, Ignoring, ItemKind, item_key, kind_of
from shipledger.catalog.repository import RepositoryRecord, repository_key
from shipledger.catalog.retiering import tier_by
from shipledger.catalog.tier_contract import TierPlace
from shipledger.catalog.tiers import TierPolicy
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.ledger.actor import Actor
from shipledger.ledger.asking import Asks
from shipledger.ledger.environment_names import name_key
from shipledger.ledger.state import Tier
from shipledger.ledger.verdict import VerdictKind
from shipledger.texts import show

NAME_LIMIT = 1_000
"""Also of a name of which the store has kept the start and a hash."""


class UnmappedName(Struct, frozen=True):
    """Deployments without a known tier whose sender calls the environment ``name``; ``key``: as it compares.

    ``sample_id``: the one that started last.
    """

    key: str
    name: str
    deployments: int
    last_started_at: datetime | None
    sample_id: str


class OpenEnvironment(Struct, frozen=True):
    """An environment that no rule for tiers knows. ``names``: all that its senders use, with their deployments in all."""

    name: str
    names: tuple[str, ...]
    deployments: int
    last_started_at: datetime | None
    sample_id: str


class IgnoredName(Struct, frozen=True):
    """A name that the inbox leaves out."""

    kind: ItemKind
    key: str
    name: str


class Inbox(Struct, frozen=True):
    """Everything that is open, those with most deployments first, and what is ignored by kind and name."""

    environments: tuple[OpenEnvironment, ...]
    repositories: tuple[RepositoryRecord, ...]
    ignored: tuple[IgnoredName, ...]

    @property
    def count(self) -> int:
        """How many things are open."""
        return len(self.environments) + len(self.repositories)


class InboxStore(Protocol):
    """What of a store is asked."""

    async def find_tier_policy(self, organization_id: str) -> TierPolicy:
        """The policy of an organization."""

    async def list_unmapped_names(self, organization_id: str) -> list[UnmappedName]:
        """Every name of an environment with deployments that have no known tier."""

    async def list_unmapped_name_keys(self, organization_id: str) -> list[str]:
        """The same as they compare: an index seek for each, however many deployments there are."""

    async def list_repositories(self, organization_id: str) -> list[RepositoryRecord]:
        """Every repository used by deployments or mapped to services."""

    async def list_unmapped_repository_keys(self, organization_id: str) -> list[str]:
        """The keys of the repositories that deployments name and no service has: an index seek for each."""

    async def find_record(self, kind: str, organization_id: str, subject_id: str) -> Any:
        """The record with this id, or None."""


class InboxDesk:
    """The inboxes of organizations. What is mapped is mapped by the verbs that commands use, so it is no concern of this."""

    def __init__(self, store: InboxStore, asks: Asks) -> None:
        self._store = store
        self._asks = asks

    async def list_open(self, organization_id: str) -> Inbox:
        """What is open now. What was just mapped is not, also while deployments still get their tiers."""
        policy = await self._store.find_tier_policy(organization_id)
        ignoring = await self._find_ignoring(organization_id)
        names = await self._store.list_unmapped_names(organization_id)
        repositories = await self._store.list_repositories(organization_id)
        unmapped = [one for one in repositories if one.deployment_count and not one.service_ids]
        ignored = [IgnoredName(ItemKind(kind_of(key)[0]), kind_of(key)[1], name) for key, name in ignoring.names.items()]
        return Inbox(
            environments=list_environments(policy, names, ignoring),
            repositories=tuple(
                sorted(
                    (one for one in unmapped if not ignoring.has(ItemKind.REPOSITORY, repository_key(one.repository))),
                    key=lambda one: (-one.deployment_count, one.repository),
                )
            ),
            ignored=tuple(sorted(ignored, key=lambda one: (one.kind, one.name))),
        )

    async def count_open(self, organization_id: str) -> int:
        """How many things are open. Its cost depends on how many names there are, not on how many deployments."""
        policy = await self._store.find_tier_policy(organization_id)
        ignoring = await self._find_ignoring(organization_id)
        keys = await self._store.list_unmapped_name_keys(organization_id)
        environments = {
            own
            for key in keys
            if key.strip() and _is_open(policy, key) and not ignoring.has(ItemKind.ENVIRONMENT, own := policy.names.key_of(key))
        }
        repositories = await self._store.list_unmapped_repository_keys(organization_id)
        return len(environments) + sum(not ignoring.has(ItemKind.REPOSITORY, key) for key in repositories)

    async def ignore(self, organization_id: str, kind: ItemKind, name: str, *, by: Actor) -> bool:
        """Leave a name out, now and later; whether it was listed. Raises Invalid and Conflict."""
        return await self._change(organization_id, {item_key(kind, _to_key(kind, name)): name.strip()}, by)

    async def list_again(self, organization_id: str, kind: ItemKind, name: str, *, by: Actor) -> bool:
        """Undo ``ignore``. Raises Invalid, and NotFound if the name is not ignored."""
        key = item_key(kind, _to_key(kind, name))
        if key not in (await self._find_ignoring(organization_id)).names:
            raise NotFound("ignored_not_found", f"The {kind} “{show(name)}” is not ignored.")
        return await self._change(organization_id, {key: None}, by)

    async def _change(self, organization_id: str, names: Mapping[str, str | None], by: Actor) -> bool:
        asked = [ChangeIgnored(dict(names))]
        (verdict,) = await self._asks.ask(organization_id, asked, operation="change inbox", actor=by)
        if verdict.kind is VerdictKind.REJECTED:
            raise Conflict("ignored", verdict.sentence)
        return verdict.kind is VerdictKind.APPLIED

    async def _find_ignoring(self, organization_id: str) -> Ignoring:
        found: Ignoring | None = await self._store.find_record(KIND, organization_id, SUBJECT)
        return found or Ignoring(organization_id, 0)


def list_environments(policy: TierPolicy, names: Sequence[UnmappedName], ignoring: Ignoring) -> tuple[OpenEnvironment, ...]:
    """The environments that the names mean, those with most deployments first."""
    groups: dict[str, list[UnmappedName]] = {}
    for one in names:
        if one.name.strip() and _is_open(policy, one.name):
            groups.setdefault(policy.names.key_of(one.name), []).append(one)
    found = [_join(policy, of_it) for own, of_it in groups.items() if not ignoring.has(ItemKind.ENVIRONMENT, own)]
    return tuple(sorted(found, key=lambda one: (-one.deployments, one.name)))


def _join(policy: TierPolicy, names: Sequence[UnmappedName]) -> OpenEnvironment:
    newest = max(names, key=lambda one: (one.last_started_at is not None, one.last_started_at, one.sample_id))
    called = policy.names.call(newest.name)
    return OpenEnvironment(
        name=called,
        names=tuple(sorted({one.name for one in names} | {called})),
        deployments=sum(one.deployments for one in names),
        last_started_at=newest.last_started_at,
        sample_id=newest.sample_id,
    )


def _is_open(policy: TierPolicy, name: str) -> bool:
    """Whether neither a rule nor somebody says a tier: deployments may not have it yet."""
    return policy.tier_of("", name, Tier.UNMAPPED) is Tier.UNMAPPED and policy.find_pin("", name) is None


def _to_key(kind: ItemKind, name: str) -> str:
    if not name.strip() or len(name) > NAME_LIMIT:
        raise Invalid("name", f"Name what to ignore, in at most {NAME_LIMIT} characters.")
    return name_key(name) if kind is ItemKind.ENVIRONMENT else repository_key(name.strip())


def list_offered(policy: TierPolicy, places: Sequence[TierPlace], *, limit: int) -> list[str]:
    """The environments with a known tier, of which a name may be another one, by name."""
    names = policy.names
    called = {names.key_of(one.name): names.call(one.name) for one in places if tier_by(policy, one) is not Tier.UNMAPPED}
    return sorted({one for one in called.values() if one.strip()}, key=name_key)[:limit]
