"""A host of repositories may have several names here: every protocol, mappings and pages go by one."""

from __future__ import annotations

from shipledger.catalog.contract import RepositoryMapping
from shipledger.catalog.host_aliases import read_host_aliases
from shipledger.catalog.respelling import respell_mappings
from shipledger.catalog.service import ServiceDraft
from shipledger.clock import Clock
from shipledger.deployments.listing import DeploymentFilter
from shipledger.ingestion.at_once import AskingStore
from tests.support.services import TESTER, map_repository
from tests.support.tenants import make_tenant
from tests.support.writes import datadog_write, iftrue_write, native_write

SETTING = "git.corp=github.corp:8443"
COMMIT = "0c9135c0c9135c0c9135c0c9135c0c9135c0c913"
SSH, SCP, HTTPS = "ssh://git@git.corp:2222/team/app.git", "git@git.corp:team/app.git", "https://github.corp:8443/team/app"


async def test_every_protocol_and_mapping_goes_by_one_name(serve):
    async with serve(repository_host_aliases=SETTING) as server, server.client() as client:
        tenant = await make_tenant(server, "default", app_key="com.example.app")
        for write in (
            native_write(releases=[{"repository": SSH, "commit": COMMIT}], service="", external_id="n"),
            iftrue_write(repository_url=SCP),
            datadog_write(git={"repository_url": HTTPS, "commit_sha": COMMIT}, service="checkout"),
        ):
            answer = await tenant.send(client, write)
            assert answer.is_success, answer.text
        await server.count_deployments()
        store, organization_id = server.app.store, await server.organization_id()
        service = await server.app.directory.create_service(organization_id, ServiceDraft(name="App"), by=TESTER)
        mapping, _ = await server.app.directory.map_repository(organization_id, service.service_id, SCP, by=TESTER)
        assert mapping.repository == "github.corp:8443/team/app"
        found = await store.list_deployments(organization_id, DeploymentFilter(service_id=service.service_id))
        assert sorted(one.source for one in found) == ["datadog", "iftrue", "native"]
        assert {release.repository for one in found for release in one.releases} == {"github.corp:8443/team/app"}
        told = (await tenant.send(client, native_write(releases=[{"repository": SCP, "commit": COMMIT}], service=""))).json()
        assert told["service"] == "App"


async def test_what_was_mapped_before_keeps_its_service(serve):
    async with serve() as server:
        store, organization_id = server.app.store, await server.organization_id()
        service = await server.app.directory.create_service(organization_id, ServiceDraft(name="App"), by=TESTER)
        await map_repository(store, organization_id, RepositoryMapping(service.service_id, "git.corp:2222/team/app"))
        await map_repository(store, organization_id, RepositoryMapping(service.service_id, "git.corp/team/other"))
        assert await respell_mappings(store, AskingStore(store, Clock()), read_host_aliases(SETTING)) > 0
        assert await respell_mappings(store, AskingStore(store, Clock()), read_host_aliases(SETTING)) == 0
        mapped = {one.repository for one in await store.list_mappings(organization_id)}
        assert {"github.corp:8443/team/app", "github.corp:8443/team/other", "git.corp:2222/team/app"} <= mapped
