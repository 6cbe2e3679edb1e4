"""Services of a store, changed through the front door: a receipt, a verdict, an entry."""

from __future__ import annotations

from typing import Any

from shipledger.catalog.contract import RepositoryMapping, ServiceName
from shipledger.catalog.directory import Directory
from shipledger.catalog.service import Service
from shipledger.catalog.services.aggregate import declare_as
from shipledger.catalog.services.model import ChangeService
from shipledger.clock import Clock
from shipledger.errors import Conflict, NotFound
from shipledger.ingestion.at_once import AskingStore
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.verdict import Verdict, VerdictKind
from shipledger.store.contract import Store

TESTER = Actor(ActorKind.COMMAND, "test")


def directory_of(store: Store) -> Directory:
    """The rules for services over a store, without a server."""
    clock = Clock()
    return Directory(store, clock, AskingStore(store, clock))


async def ask(store: Store, organization_id: str, *submissions: Any, by: Actor = TESTER) -> tuple[Verdict, ...]:
    """The verdicts on what somebody asks of the ledger."""
    return await AskingStore(store, Clock()).ask(organization_id, submissions, operation="test", actor=by)


async def create_service(store: Store, service: Service) -> None:
    """Declare a service, with its id, its slug and its time. Raises Conflict if its name is taken."""
    (verdict,) = await ask(store, service.organization_id, declare_as(service))
    if verdict.kind is VerdictKind.REJECTED:
        raise Conflict("service_name_taken", verdict.sentence)


async def change_service(store: Store, service: Service, **facts: Any) -> Service | None:
    """The service with other facts."""
    return await directory_of(store).update_service(service.organization_id, service.service_id, facts, by=TESTER)


async def delete_service(store: Store, organization_id: str, service_id: str) -> bool:
    """Whether there was one."""
    return await directory_of(store).delete_service(organization_id, service_id, by=TESTER)


async def map_repository(store: Store, organization_id: str, mapping: RepositoryMapping) -> bool:
    """Whether the mapping is new, of a repository that is called just so. Raises NotFound."""
    (verdict,) = await ask(store, organization_id, ChangeService(mapping.service_id, map=(mapping.repository,)))
    if verdict.kind is VerdictKind.REJECTED:
        raise NotFound("service", verdict.sentence)
    return verdict.kind is VerdictKind.APPLIED


async def unmap_repository(store: Store, organization_id: str, mapping: RepositoryMapping) -> bool:
    """Whether there was such a mapping."""
    made = await directory_of(store).unmap_repository(organization_id, mapping.service_id, mapping.repository, by=TESTER)
    return made[1]


async def add_service_name(store: Store, organization_id: str, name: ServiceName) -> bool:
    """Whether the name is new."""
    return (await directory_of(store).add_service_name(organization_id, name.service_id, name.name, by=TESTER))[1]


async def remove_service_name(store: Store, organization_id: str, name: ServiceName) -> bool:
    """Whether there was such a name."""
    return (await directory_of(store).remove_service_name(organization_id, name.service_id, name.name, by=TESTER))[1]
