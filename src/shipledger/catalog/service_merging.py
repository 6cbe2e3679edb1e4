"""Merge two services into one, and split them again: the rules shared by all interfaces."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct
from msgspec.structs import asdict

from shipledger.catalog.directory import Directory
from shipledger.catalog.organization_settings.in_force import index
from shipledger.catalog.organization_settings.model import ChangeSettings, ScopeKind, ScopeSettings, SettingScope, Value
from shipledger.catalog.service import Service
from shipledger.catalog.services.fold import fold_history
from shipledger.catalog.services.model import (
    KIND,
    ChangeService,
    DeclareService,
    MergeService,
    ServiceFacts,
    ServiceRecord,
)
from shipledger.catalog.services.names import name_alias
from shipledger.catalog.services.relation import RelatedService, Relation, RelationKind
from shipledger.clock import Clock
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.found import Found, whole
from shipledger.ledger.actor import Actor
from shipledger.ledger.aggregate import RecordEntry
from shipledger.ledger.asking import Asks
from shipledger.ledger.identity import new_id
from shipledger.ledger.submission import Alias
from shipledger.ledger.verdict import Reason, VerdictKind


class MergingStore(Protocol):
    """The part of the store that the rules need."""

    async def load_records(self, kind: str, names: Sequence[tuple[str, Alias]]) -> dict[tuple[str, Alias], ServiceRecord]:
        """The records that names refer to."""

    async def list_entries_of(self, kind: str, organization_id: str, subject_id: str) -> list[RecordEntry]:
        """The entries of a record, in order."""

    async def list_related_services(
        self, organization_id: str, service_id: str, *, limit: int
    ) -> tuple[list[RelatedService], int]:
        """The services that one has to do with, and how many there are."""

    async def find_named_services(self, organization_id: str, names: Sequence[str]) -> dict[str, str]:
        """The ids of services by id, slug or name."""

    async def list_settings(self, organization_id: str) -> Found[ScopeSettings]:
        """What is set, for each scope."""


class MovedRelation(Struct, frozen=True):
    """A relation, by the slugs of both services, as it is after a merge."""

    service: str
    relation: RelationKind
    other: str


class Merged(Struct, frozen=True):
    """What moves from one service to another: names that senders use, repositories, and relations of either side.

    ``settings``: the values of the merged service that no longer apply, by key, until it is split again.
    """

    names: tuple[str, ...]
    repositories: tuple[str, ...]
    relations: tuple[MovedRelation, ...]
    settings: dict[str, Value]


RELATIONS_READ = 10_000


class ServiceMerging:
    """Merges services, by the rules."""

    def __init__(self, store: MergingStore, clock: Clock, asks: Asks, directory: Directory) -> None:
        self._store = store
        self._clock = clock
        self._asks = asks
        self._directory = directory

    async def preview(self, organization_id: str, service: str, into: str) -> Merged:
        """What merging would move. Raises NotFound."""
        found, target = await self._get(organization_id, service), await self._get(organization_id, into)
        moved = target.take_over(found)
        relations = await self._list_moving(organization_id, found, target)
        return Merged(moved.add_names, moved.map, relations, await self._list_settings(organization_id, found.service_id))

    async def merge(self, organization_id: str, service: str, into: str, *, by: Actor) -> Service:
        """The service ``into``, which has the names, the repositories and so the deployments of ``service`` from now on.

        Raises NotFound, and Invalid if both are one or a name is too long to be a further one.
        """
        found, target = await self._get(organization_id, service), await self._get(organization_id, into)
        asked = MergeService(found.service_id, into=target.service_id)
        (verdict,) = await self._asks.ask(organization_id, [asked], operation="merge services", actor=by)
        if verdict.reason in {Reason.UNKNOWN_SERVICE, Reason.UNKNOWN_TARGET}:
            raise NotFound("service_not_found", verdict.sentence)
        if verdict.kind is VerdictKind.REJECTED:
            raise Invalid("service", verdict.sentence)
        return await self._directory.get_service(organization_id, target.service_id)

    async def split(self, organization_id: str, service: str, former: str, *, by: Actor) -> Service:
        """The service that was merged into ``service`` and was called ``former``, under a new id.

        Raises NotFound if none was, and Conflict if its name is taken.
        """
        target = await self._get(organization_id, service)
        merged, moved = await self._find_merged(organization_id, target, former)
        draft = merged.draft
        facts = {name: said for name, said in asdict(draft).items() if name != "name"}
        names = {one.casefold() for one in moved.add_names}
        service_id = new_id(self._clock.now(), secrets.token_bytes(8))
        asked = (
            ChangeService(target.service_id, remove_names=moved.add_names, unmap=moved.map, unrelate=moved.relate),
            DeclareService(
                service_id=service_id,
                name=draft.name,
                facts=ServiceFacts(**facts),
                slug=merged.slug,
                names=tuple(one for one in (*merged.names, merged.service_id) if one.casefold() in names),
                repositories=merged.repositories,
            ),
            *await self._list_what_comes_back(organization_id, merged, service_id),
        )
        _, verdict, *_ = await self._asks.ask(organization_id, asked, operation="split services", actor=by)
        if verdict.kind is VerdictKind.REJECTED:
            raise Conflict("service_name_taken", verdict.sentence)
        return await self._directory.get_service(organization_id, service_id)

    async def _list_moving(self, organization_id: str, found: ServiceRecord, target: ServiceRecord) -> tuple[MovedRelation, ...]:
        """The relations of ``found``, of either side, that ``target`` does not have yet."""
        own, theirs = [
            (await self._store.list_related_services(organization_id, one.service_id, limit=RELATIONS_READ))[0]
            for one in (found, target)
        ]
        held = {(one.kind, one.is_own, one.service_id) for one in theirs}
        moving = [
            one for one in own if (one.kind, one.is_own, one.service_id) not in held and one.service_id != target.service_id
        ]
        return tuple(
            MovedRelation(*((target.slug, one.kind, one.slug) if one.is_own else (one.slug, one.kind, target.slug)))
            for one in moving
        )

    async def _list_settings(self, organization_id: str, service_id: str) -> dict[str, Value]:
        held = index(whole(await self._store.list_settings(organization_id))).get(_scope_of(service_id).key)
        return {} if held is None else {key: one.value for key, one in held.values.items()}

    async def _list_what_comes_back(
        self, organization_id: str, merged: ServiceRecord, service_id: str
    ) -> list[ChangeService | ChangeSettings]:
        """Its own relations to services that are there, and its settings. Those of others to it follow its former id."""
        ids = await self._store.find_named_services(organization_id, [one.service_id for one in merged.relations])
        known = {one: ids[one.service_id] for one in merged.relations if one.service_id in ids}
        related = tuple(dict.fromkeys(Relation(one.kind, other) for one, other in known.items()))
        values: dict[str, Value | None] = {**await self._list_settings(organization_id, merged.service_id)}
        return [
            *([ChangeService(service_id, relate=related)] if related else []),
            *([ChangeSettings(_scope_of(service_id), values)] if values else []),
        ]

    async def _get(self, organization_id: str, service: str) -> ServiceRecord:
        found = await self._directory.get_service(organization_id, service)
        alias = Alias("", found.service_id)
        return (await self._store.load_records(KIND, [(organization_id, alias)]))[organization_id, alias]

    async def _find_merged(self, organization_id: str, target: ServiceRecord, former: str) -> tuple[ServiceRecord, ChangeService]:
        """The service of a former name as it was when it was merged, and what moved then. Raises NotFound."""
        own = await self._store.list_entries_of(KIND, organization_id, target.service_id)
        for name in target.names:
            entries = await self._store.list_entries_of(KIND, organization_id, name)
            last = entries[-1] if entries else None
            if last is None or not isinstance(last.submission, MergeService):
                continue
            merged = fold_history(entries[:-1])
            together = (one.submission for one in own if one.receipt_id == last.receipt_id)
            moved = [one for one in together if isinstance(one, ChangeService)]
            called = (merged.service_id, merged.slug, merged.draft.name, *merged.names) if merged else ()
            if merged is not None and moved and name_alias(former) in map(name_alias, called):
                return merged, moved[0]
        raise NotFound("service_not_found", f"No service called {former!r} was merged into {target.draft.name}.")


def _scope_of(service_id: str) -> SettingScope:
    return SettingScope(ScopeKind.SERVICE, service_id)
