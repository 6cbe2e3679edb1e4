"""A host of repositories may have several names here: every protocol, mappings and pages go by one."""

from __future__ import annotations

from datetime import UTC, datetime

from shipledger.catalog.contract import RepositoryMapping
from shipledger.catalog.host_aliases import read_host_aliases
from shipledger.catalog.respelling import respell_mappings
from shipledger.catalog.service import ServiceDraft
from shipledger.clock import Clock
from shipledger.deployments.listing import DeploymentFilter
from shipledger.ingestion.at_once import AskingStore
from tests.support.datadog import DORA, issue_keys, list_body
from tests.support.native import INCIDENTS, TARGET, deployment, incident, issue_token
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


async def test_every_kind_of_record_and_every_filter_goes_by_one_name(serve):
    """A pull request, an incident and its causes; and whoever asks by the other name finds them."""
    present = "github.corp:8443/team/app"
    async with serve(repository_host_aliases=SETTING) as server:
        headers = {"Authorization": f"Bearer {await issue_token(server)}"}
        async with server.client(headers=headers) as native:
            release = {"repository": SSH, "commit": COMMIT}
            await native.post(TARGET, json=deployment(releases=[release]))
            (pull,) = [await native.post("/ledger/v1/pull-requests", json={"repository": SCP, "number": 7})]
            assert pull.json()["repository"] == present
            same = await native.post("/ledger/v1/pull-requests", json={"repository": HTTPS, "number": 7})
            assert (same.status_code, same.json()["id"]) == (200, pull.json()["id"])
            told = (await native.post(INCIDENTS, json=incident(releases=[release]))).json()
            assert [one["repository"] for one in told["releases"]] == [present]
            marks = {"root_cause": release, "potential_causes": [release]}
            marked = (await native.post(f"{INCIDENTS}/{told['id']}/marks", json=marks)).json()["marks"]
            assert [marked["root_cause"]["repository"], marked["potential_causes"][0]["repository"]] == [present] * 2
            for name in (SCP, HTTPS, "git.corp/team/app"):
                for path, member in ((TARGET, "deployments"), ("/ledger/v1/pull-requests", "pull_requests")):
                    found = await native.get(path, params={"repository": name})
                    assert len(found.json()[member]) == 1, (path, name)
                    known = await native.get(
                        path, params={"repository": name, "as_of": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"}
                    )
                    assert len(known.json()[member]) == 1, (path, name)
            assert "Checkout 2.4.1" in (await native.get("/deployments?repository=git.corp/team/app")).text
            assert present in (await native.get("/repositories?text=team/app")).text
        async with server.client(headers=await issue_keys(server)) as datadog:
            body = list_body(f'git.repository_url:"{SSH}"', **{"from": "2026-01-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"})
            for path in ("deployments", "failures"):
                body["data"]["type"] = f"dora_{path}_list_request"
                found = await datadog.post(f"{DORA}/{path}", json=body)
                assert len(found.json().get("data", ())) == 1, (path, found.text)


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
