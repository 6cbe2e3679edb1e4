"""Repositories that were recorded under another name before."""

from __future__ import annotations

import pytest

from shipledger.catalog.contract import RepositoryMapping
from shipledger.catalog.repositories.model import NameRepository
from shipledger.deployments.listing import DeploymentFilter
from shipledger.ledger.state import State
from shipledger.ledger.submission import Release
from shipledger.ledger.verdict import VerdictKind
from tests.support.factories import ACME, RIVAL, make_record, make_report, make_service, moment, write
from tests.support.services import ask, create_service, map_repository, unmap_repository

SHOP, OTHER = make_service(1, name="Shop"), make_service(2, name="Other")
OLD, NEW = "bitbucket.org/Acme/Checkout", "github.com/Acme/Checkout"


@pytest.fixture
async def shop(store):
    """A store where the old name is mapped, and the new one is known by it."""
    for service in (SHOP, OTHER):
        await create_service(store, service)
    await map_repository(store, ACME, RepositoryMapping(SHOP.service_id, OLD))
    await ask(store, ACME, NameRepository(NEW, OLD))
    return store


async def services_of(store, repository=NEW):
    return await store.find_services_of_repositories(ACME, [repository])


async def test_a_repository_has_the_services_of_the_name_that_it_had_before(shop):
    assert await services_of(shop, NEW.upper()) == ["Shop"]
    assert await shop.list_mappings(ACME) == [
        RepositoryMapping(SHOP.service_id, OLD),
        RepositoryMapping(SHOP.service_id, NEW, former_name=OLD),
    ]
    assert await shop.find_services_of_repositories(RIVAL, [NEW]) == []
    assert await shop.list_mappings(RIVAL) == []


async def test_remembering_it_twice_changes_nothing(shop):
    (verdict,) = await ask(shop, ACME, NameRepository(NEW.lower(), "bitbucket.org/else/where"))
    assert verdict.kind is VerdictKind.DUPLICATE
    assert await services_of(shop) == ["Shop"]


async def test_once_it_is_mapped_itself_the_name_before_no_longer_counts(shop):
    assert await map_repository(shop, ACME, RepositoryMapping(OTHER.service_id, NEW)) is True
    assert await services_of(shop) == ["Other"]
    assert await unmap_repository(shop, ACME, RepositoryMapping(OTHER.service_id, NEW)) is True
    assert await services_of(shop) == []


async def test_a_mapping_that_was_there_first_wins(store):
    for service in (SHOP, OTHER):
        await create_service(store, service)
    await map_repository(store, ACME, RepositoryMapping(SHOP.service_id, OLD))
    await map_repository(store, ACME, RepositoryMapping(OTHER.service_id, NEW))
    await ask(store, ACME, NameRepository(NEW, OLD))
    assert await services_of(store) == ["Other"]


async def test_it_can_be_taken_from_the_service_that_it_has_by_the_name_before(shop):
    assert await unmap_repository(shop, ACME, RepositoryMapping(OTHER.service_id, NEW)) is False
    assert await services_of(shop) == ["Shop"]
    assert await unmap_repository(shop, ACME, RepositoryMapping(SHOP.service_id, NEW)) is True
    assert await unmap_repository(shop, ACME, RepositoryMapping(SHOP.service_id, NEW)) is False
    assert await services_of(shop) == []
    assert await services_of(shop, OLD) == ["Shop"]


async def test_what_the_name_before_is_mapped_to_later_counts_too(shop):
    await map_repository(shop, ACME, RepositoryMapping(OTHER.service_id, OLD))
    assert await services_of(shop) == ["Other", "Shop"]
    await unmap_repository(shop, ACME, RepositoryMapping(SHOP.service_id, OLD))
    assert await services_of(shop) == ["Other"]


async def test_a_service_without_deployments_of_either_name_lists_none(shop):
    assert await shop.list_deployments(ACME, DeploymentFilter(service_id=SHOP.service_id)) == []


async def test_what_runs_is_told_of_the_services_that_a_repository_has(shop):
    """Whether by its own name or by the one that it had before, a page of one service and the matrix of all say the same."""
    state = make_report(State.SUCCESSFUL, moment(3))
    ran = await write(shop, 3, make_record(3, state=state, releases=(Release(repository=NEW, commit="1" * 40),)))

    async def told():
        services = [SHOP.service_id, OTHER.service_id]
        of_each = [one for one in services for lane in await shop.list_lanes(ACME, one) if lane.runs == ran]
        of_all = [one.service_id for one in await shop.list_running(ACME, services, at=None) if one.runs == ran]
        assert of_each == of_all
        return of_all

    assert await told() == [SHOP.service_id]
    await map_repository(shop, ACME, RepositoryMapping(OTHER.service_id, NEW))
    assert await told() == [OTHER.service_id]
    await unmap_repository(shop, ACME, RepositoryMapping(OTHER.service_id, NEW))
    assert await told() == []
