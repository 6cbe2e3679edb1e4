"""What was mapped by a name that has another spelling now keeps its service under both."""

from __future__ import annotations

import pytest

from shipledger.catalog.contract import RepositoryMapping
from shipledger.catalog.respelling import respell_mappings
from shipledger.clock import Clock
from shipledger.ingestion.at_once import AskingStore
from tests.support.factories import ACME, make_service
from tests.support.services import create_service, map_repository


@pytest.mark.parametrize(
    "former, present",
    [
        ("acme.visualstudio.com/shop/_git/shop", "dev.azure.com/acme/shop/_git/shop"),
        ("ssh.github.com:443/acme/shop", "github.com/acme/shop"),
        ("git.example.com:2222/acme/shop", "git.example.com/acme/shop"),
        ("github.com/acme/shop", None),
        ("local/shop", None),
        ("gitserver/acme/shop", None),
    ],
)
async def test_a_mapping_by_a_former_name_gets_the_present_one(store, former, present):
    service = make_service(1)
    await create_service(store, service)
    await map_repository(store, ACME, RepositoryMapping(service_id=service.service_id, repository=former))

    assert await respell_mappings(store, AskingStore(store, Clock())) == (0 if present is None else 1)
    assert await respell_mappings(store, AskingStore(store, Clock())) == 0

    assert {one.repository for one in await store.list_mappings(ACME)} == {former, present} - {None}


async def test_a_repository_that_has_a_service_keeps_it(store):
    services = [make_service(number) for number in (1, 2)]
    for service, name in zip(services, ("git.example.com:2222/acme/shop", "git.example.com/acme/shop"), strict=True):
        await create_service(store, service)
        await map_repository(store, ACME, RepositoryMapping(service_id=service.service_id, repository=name))
    assert await respell_mappings(store, AskingStore(store, Clock())) == 0
