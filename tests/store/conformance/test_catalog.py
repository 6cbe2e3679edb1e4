import asyncio

import pytest
from msgspec.structs import replace

from shipledger.catalog.contract import RepositoryMapping
from shipledger.catalog.service import ServiceDraft
from shipledger.errors import Conflict, NotFound
from tests.support.factories import ACME, CHECKOUT, RIVAL, make_id, make_organization, make_service
from tests.support.services import change_service, create_service, delete_service, map_repository, unmap_repository

SHOP = make_service(1, name="Shop")


async def test_organizations_are_found_and_listed_by_slug(store):
    zeta = make_organization("id-z", slug="aaa", name="Zeta & Söhne")
    await store.save_organization(zeta)
    assert await store.find_organization("aaa") == zeta
    assert await store.find_organization("zzz") is None
    assert [one.slug for one in await store.list_organizations()] == ["aaa", ACME, RIVAL]


async def test_a_slug_belongs_to_one_organization(store):
    with pytest.raises(Conflict) as refused:
        await store.save_organization(make_organization("other", slug=ACME))
    assert refused.value.code == "organization_slug_taken"


async def test_a_service_is_found_by_id_then_slug_then_name(store):
    named = make_service(2, name="shop two", slug="two")
    tricky = make_service(3, name="two", slug=SHOP.service_id)
    for service in (SHOP, named, tricky):
        await create_service(store, service)
    assert await store.find_service(ACME, SHOP.service_id) == SHOP
    assert await store.find_service(ACME, "two") == named
    assert await store.find_service(ACME, "SHOP Two") == named
    assert await store.find_service(ACME, "shop") == SHOP
    assert await store.find_service(ACME, "three") is None
    assert await store.find_service(RIVAL, "shop") is None


async def test_teams_are_listed_by_the_names_of_their_services_without_case(store):
    for service in (make_service(1, name="Straße"), make_service(2, draft=ServiceDraft(name="None"), slug="none")):
        await create_service(store, service)
    await create_service(store, make_service(3, organization_id=RIVAL))
    assert await store.list_teams(ACME) == {"strasse": "t1"}


async def test_a_name_is_taken_whatever_its_case(store):
    await create_service(store, make_service(1, name="Straße"))
    with pytest.raises(Conflict) as refused:
        await create_service(store, make_service(2, name="STRASSE", slug="other"))
    assert refused.value.code == "service_name_taken"
    await create_service(store, make_service(2, name="STRASSE", organization_id=RIVAL))


async def test_a_service_whose_slug_is_taken_gets_one_of_its_own(store):
    await create_service(store, make_service(1, name="A b"))
    await create_service(store, make_service(2, name="a-b"))
    assert (await store.find_service(ACME, make_id(2))).slug == f"a-b-{make_id(2)[-6:]}"


async def test_of_services_created_at_once_with_one_name_one_remains(store):
    outcomes = await asyncio.gather(
        *(create_service(store, make_service(number, name="Shop")) for number in range(6)), return_exceptions=True
    )
    assert outcomes.count(None) == 1
    assert await store.count_services(ACME) == 1


async def test_a_service_of_an_unknown_organization_is_refused(store):
    with pytest.raises(NotFound):
        await create_service(store, make_service(1, organization_id="nobody"))


async def test_a_service_is_changed(store):
    await create_service(store, SHOP)
    changed = replace(SHOP, draft=replace(SHOP.draft, name="Boutique", tags=(), visibility="OTHER_TEAMS"))
    assert await change_service(store, SHOP, name="Boutique", tags=(), visibility="OTHER_TEAMS") == changed
    assert await store.find_service(ACME, SHOP.service_id) == changed
    assert await change_service(store, make_service(9), name="Nothing") is None
    await create_service(store, make_service(2, name="Till"))
    with pytest.raises(Conflict) as refused:
        await change_service(store, SHOP, name="TILL")
    assert refused.value.code == "service_name_taken"
    await create_service(store, make_service(3, name="Shop"))  # the name that it gave up is free


async def test_services_are_paged_by_name_without_case(store):
    for number, name in enumerate(["beta", "Alpha", "Gamma", "delta"]):
        await create_service(store, make_service(number, name=name))
    assert [one.name for one in await store.list_services(ACME, offset=1, limit=2)] == ["beta", "delta"]
    assert await store.list_services(ACME, offset=9, limit=2) == []
    assert (await store.count_services(ACME), await store.count_services(RIVAL)) == (4, 0)


async def test_a_repository_is_mapped_once_and_unmapped_once(store):
    await create_service(store, SHOP)
    mapping = RepositoryMapping(service_id=SHOP.service_id, repository=CHECKOUT)
    assert await map_repository(store, ACME, mapping) is True
    assert await map_repository(store, ACME, RepositoryMapping(SHOP.service_id, CHECKOUT.upper())) is False
    assert await store.list_mappings(ACME) == [mapping]
    assert await store.list_mappings(RIVAL) == []
    with pytest.raises(NotFound):
        await unmap_repository(store, RIVAL, mapping)
    assert await unmap_repository(store, ACME, RepositoryMapping(SHOP.service_id, CHECKOUT.lower())) is True
    assert await unmap_repository(store, ACME, mapping) is False


async def test_a_repository_cannot_be_mapped_to_nothing(store):
    with pytest.raises(NotFound):
        await map_repository(store, ACME, RepositoryMapping(service_id="nothing", repository=CHECKOUT))


async def test_a_deleted_service_takes_its_mappings_along(store):
    await create_service(store, SHOP)
    await map_repository(store, ACME, RepositoryMapping(service_id=SHOP.service_id, repository=CHECKOUT))
    assert await delete_service(store, RIVAL, SHOP.service_id) is False
    assert await delete_service(store, ACME, SHOP.service_id) is True
    assert await delete_service(store, ACME, SHOP.service_id) is False
    assert await store.list_mappings(ACME) == []
