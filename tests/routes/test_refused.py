"""Every protocol's refused requests leave a trace in the sender's organization; those of nobody who is known are counted."""

from __future__ import annotations

import json
import time

import pytest

from shipledger.access.credential import hash_secret
from shipledger.access.issuing import Limits
from shipledger.access.refused import RefusedFilter, RefusedRecord
from tests.support.in_time import in_time
from tests.support.server import Server
from tests.support.tenants import PROTOCOL_OF, Tenant, make_tenant

UNKNOWN_PATHS = {
    "opsgenie": "/v2/deployments/a/b/c",
    "iftrue": "/v1/organization/users",
    "jira": "/rest/deployments/0.1/nothing",
    "datadog": "/api/v2/dora/nothing/at/all",
    "native": "/ledger/v1/policies",
}
WRITES = {
    "opsgenie": "/v2/deployments",
    "iftrue": "/v1/organization/deployment",
    "jira": "/rest/deployments/0.1/bulk",
    "datadog": "/api/v2/git/repository/search_commits",
    "native": "/ledger/v1/deployments",
}
SCHEMES = [(name, scheme) for name, schemes in PROTOCOL_OF.items() for scheme in schemes]


async def list_refused(server: Server, organization_id: str, count: int) -> list[RefusedRecord]:
    """The refused requests of an organization, the newest first, once there are so many."""

    async def listed() -> list[RefusedRecord]:
        while len(found := await server.app.store.list_refused(organization_id, RefusedFilter())) < count:
            await server.app.refused.write()
        return [*found]

    return await in_time(listed(), f"{count} refused requests")


@pytest.fixture
async def tenant(shared_server: Server) -> Tenant:
    slug = f"t{time.monotonic_ns()}"
    return await make_tenant(shared_server, slug, app_key=f"com.example.{slug}")


@pytest.mark.parametrize("protocol, scheme", SCHEMES)
async def test_whatever_is_refused_is_found_with_the_answer_and_without_a_secret(
    shared_server: Server, tenant: Tenant, protocol: str, scheme: str
) -> None:
    secret = "s3cret-in-the-body"
    proof = tenant.proofs[scheme]
    unreadable = json.dumps({"secret": secret})[:-1].encode()
    unknown, write = UNKNOWN_PATHS[protocol], WRITES[protocol]
    async with shared_server.client() as client:
        answers = [
            await client.post(write, content=unreadable, headers=proof("POST", write)),
            await client.post(f"{unknown}?token={secret}", headers=proof("POST", unknown)),
            await client.delete(write, headers=proof("DELETE", write)),
        ]
    statuses = [answer.status_code for answer in answers]
    assert statuses[0] in {400, 415, 422}
    assert statuses[1:] == [404, 405]
    found = await list_refused(shared_server, tenant.organization_id, 3)
    kept = {one.refused.status: one.refused for one in found}
    assert {*kept} == {*statuses}
    assert {one.protocol for one in kept.values()} == {protocol}
    assert all(one.address == "127.0.0.1" and one.sentence and one.credential_id for one in kept.values())
    assert (kept[statuses[0]].path, kept[statuses[0]].size_bytes) == (write, len(unreadable))
    given = answers[0].headers.get("x-request-id")
    assert given in (None, kept[statuses[0]].refused_id)
    assert all(one.credential_name for one in found)
    text = repr(found)
    assert not [one for one in (secret, *tenant.secrets) if one in text]
    # Neither is any of it in another organization, nor does a look for what is not there count as refused.
    other = await shared_server.organization_id("other")
    assert await shared_server.app.store.list_refused(other, RefusedFilter()) == []


async def test_a_credential_that_may_not_or_no_longer_or_too_often_is_named(shared_server: Server) -> None:
    slug = "spent"
    organization_id = await shared_server.organization_id(slug)
    store, now = shared_server.app.store, shared_server.app.clock.now()
    reader = await shared_server.issue("read", kind="native", organization=slug)
    revoked = await shared_server.issue(kind="native", organization=slug)
    busy = await shared_server.issue(kind="native", organization=slug, limits=Limits(requests_per_minute=1))
    wrong_kind = await shared_server.issue(kind="opsgenie", organization=slug)
    for credential in await store.list_credentials(organization_id):
        if credential.secret_hash == hash_secret(revoked):
            await store.revoke_credential(organization_id, credential.credential_id, now=now)
    async with shared_server.client() as client:
        for key in (reader, revoked, wrong_kind, busy, busy):
            await client.post("/ledger/v1/deployments", json={}, headers={"Authorization": f"Bearer {key}"})
    found = await list_refused(shared_server, organization_id, 5)
    assert sorted(one.refused.status for one in found) == [401, 401, 403, 422, 429]
    assert all(one.credential_name == "test" for one in found)


async def test_who_is_unknown_is_counted_by_address_and_in_no_organization(shared_server: Server) -> None:
    async with shared_server.client() as client:
        for _ in range(3):
            await client.post("/v2/deployments", json={}, headers={"Authorization": "GenieKey nobody-has-this"})
        await client.get("/ledger/v1/nothing/here")
    await shared_server.app.refused.write()
    (one,) = await shared_server.app.store.list_unknown_senders()
    assert one.address == "127.0.0.1"
    assert one.requests >= 4
    assert "nobody-has-this" not in repr(one)


async def test_what_is_recorded_or_only_not_there_is_not_refused(shared_server: Server) -> None:
    slug = "fine"
    organization_id = await shared_server.organization_id(slug)
    key = await shared_server.issue(kind="native", organization=slug)
    headers = {"Authorization": f"Bearer {key}"}
    async with shared_server.client() as client:
        missing = await client.get("/ledger/v1/deployments/unknown", headers=headers)
        rejected = await client.post("/ledger/v1/deployments/unknown/marks", json={"change_failure": True}, headers=headers)
        refused = await client.post("/ledger/v1/deployments", json=[], headers=headers)
    assert (missing.status_code, rejected.status_code, refused.status_code) == (404, 404, 422)
    found = await list_refused(shared_server, organization_id, 2)  # a mark of what is not there is refused, too
    assert [one.refused.status for one in found if one.refused.path == "/ledger/v1/deployments"] == [422]
    assert not [one for one in found if one.refused.method == "GET"]
