"""Repositories that ``shipledger record`` called bitbucket.org/… before, whatever their host, keep their services."""

from __future__ import annotations

import pytest

from shipledger.catalog.service import ServiceDraft
from tests.support.native import SHA, TARGET, deployment
from tests.support.services import TESTER
from tests.support.site import Html

OLD, NEW = "bitbucket.org/acme/shop", "github.com/acme/shop"


def at(repository):
    return deployment(service=None, external_id=repository, releases=[{"repository": repository, "commit": SHA}])


async def service_of(native, repository):
    return (await native.post(TARGET, json=at(repository))).json()["service"]


@pytest.fixture
async def shop(place):
    """A service that the old name is mapped to."""
    owner = await place.organization_id()
    await place.app.directory.create_service(owner, ServiceDraft(name="Shop"), by=TESTER)
    await place.app.directory.map_repository(owner, "Shop", OLD, by=TESTER)
    return owner


async def test_a_mapping_made_for_the_old_name_gives_the_service_to_a_record_with_the_real_one(native, place, shop):
    recorded = (await native.post(TARGET, json=at(NEW))).json()
    assert (recorded["service"], recorded["releases"][0]["repository"]) == ("Shop", NEW)
    async with place.client(await place.issue()) as opsgenie:
        service = await place.app.directory.get_service(shop, "Shop")
        found = (await opsgenie.get(f"/v2/deployments/search?serviceIds={service.service_id}")).json()["data"]
    assert [one["id"] for one in found] == [recorded["id"]]


async def test_a_mapping_made_for_the_old_name_later_counts_too(native, place):
    owner = await place.organization_id()
    assert await service_of(native, NEW) is None
    await place.app.directory.create_service(owner, ServiceDraft(name="Shop"), by=TESTER)
    await place.app.directory.map_repository(owner, "Shop", OLD, by=TESTER)
    assert await service_of(native, NEW) == "Shop"


async def test_what_is_mapped_by_hand_wins_over_the_old_name(native, place, shop):
    await place.app.directory.create_service(shop, ServiceDraft(name="Web shop"), by=TESTER)
    assert await service_of(native, NEW) == "Shop"
    await place.app.directory.map_repository(shop, "Web shop", NEW, by=TESTER)
    assert await service_of(native, NEW) == "Web shop"
    await place.app.directory.unmap_repository(shop, "Web shop", NEW, by=TESTER)
    assert await service_of(native, NEW) is None


async def test_a_repository_can_be_taken_from_the_service_that_it_has_by_its_old_name(native, place, shop):
    assert await service_of(native, NEW) == "Shop"
    assert (await place.app.directory.unmap_repository(shop, "Shop", NEW, by=TESTER))[1] is True
    assert await service_of(native, NEW) is None
    assert await service_of(native, OLD) == "Shop"


async def test_each_host_is_told_apart_and_mapped_by_itself(native, place, shop):
    await place.app.directory.create_service(shop, ServiceDraft(name="Mirror"), by=TESTER)
    await place.app.directory.map_repository(shop, "Mirror", "gitlab.com/acme/shop", by=TESTER)
    services = {host: await service_of(native, f"{host}/acme/shop") for host in ("github.com", "gitlab.com", "bitbucket.org")}
    assert services == {"github.com": "Shop", "gitlab.com": "Mirror", "bitbucket.org": "Shop"}
    records = await place.app.store.list_repositories(shop)
    assert sorted((one.repository, one.deployment_count) for one in records) == [
        ("bitbucket.org/acme/shop", 1),
        ("github.com/acme/shop", 1),
        ("gitlab.com/acme/shop", 1),
    ]


async def test_a_repository_that_another_protocol_recorded_is_not_taken_for_an_old_name(native, place, shop):
    assert await service_of(native, "github.com/acme/pets") is None
    assert [one.repository for one in await place.app.store.list_mappings(shop)] == [OLD]


async def test_pages_show_the_service(native, server, shop):
    recorded = (await native.post(TARGET, json=at(NEW))).json()
    page = Html((await native.get(f"/deployments/{recorded['id']}")).text)
    assert "Service Shop" in page.text
    assert NEW in Html((await native.get("/services/shop")).text).text
    assert "Shop" in Html((await native.get("/repositories")).text).text
