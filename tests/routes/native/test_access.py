"""Who may record and read, told by the token alone."""

from __future__ import annotations

import pytest

from shipledger.access.grant import Scope
from shipledger.access.issuing import Limits
from shipledger.protocols.registry import list_kinds
from tests.support.native import TARGET, client_of, deployment, issue_token


async def post(place, authorization):
    async with client_of(place, None) as client:
        return await client.post(TARGET, json=deployment(), headers={"Authorization": authorization})


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_the_scheme_is_compared_without_case(place, scheme):
    assert (await post(place, f"{scheme} {await issue_token(place)}")).status_code == 201


@pytest.mark.parametrize("form", ["", "Bearer", "Bearer x", "GenieKey {token}", "{token}", "Bearer {token}x"])
async def test_anything_else_is_refused_with_one_text(place, form):
    refused = await post(place, form.format(token=await issue_token(place)))
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert refused.json()["detail"] == "The token is missing or not valid."


@pytest.mark.parametrize("kind", [kind.name for kind in list_kinds() if kind.name != "native"])
async def test_a_secret_of_another_kind_is_no_token(place, kind):
    assert (await post(place, f"Bearer {await place.issue(kind=kind)}")).status_code == 401


async def test_each_right_opens_its_own_operations(place):
    async with client_of(place, await issue_token(place, Scope.WRITE)) as writer:
        written = await writer.post(TARGET, json=deployment())
        reads = [written.headers["Location"], f"/ledger/v1/requests/{written.json()['request_id']}"]
        assert [(await writer.get(path)).status_code for path in reads] == [403, 403]
    async with client_of(place, await issue_token(place, Scope.READ)) as reader:
        refused = await reader.post(TARGET, json=deployment())
        assert (refused.status_code, refused.json()["detail"]) == (403, "This token lacks the right to write.")
        assert [(await reader.get(path)).status_code for path in reads] == [200, 200]


async def test_a_body_is_not_read_before_the_token_is_known_to_be_good(place):
    async with client_of(place, None) as client:
        refused = await client.post(TARGET, content=b"{", headers={"Content-Type": "application/json"})
    assert refused.status_code == 401


async def test_a_token_that_calls_too_often_is_throttled(place):
    async with client_of(place, await issue_token(place, limits=Limits(requests_per_minute=2))) as client:
        answers = [await client.post(TARGET, json=deployment()) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) >= 1


async def test_a_revoked_token_is_refused(place):
    token = await issue_token(place)
    owner = await place.organization_id()
    (credential,) = await place.app.store.list_credentials(owner)
    await place.app.store.revoke_credential(owner, credential.credential_id, now=place.app.clock.now())
    assert (await post(place, f"Bearer {token}")).status_code == 401


async def test_what_another_organization_recorded_is_not_there(place):
    async with client_of(place, await issue_token(place)) as ours:
        written = await ours.post(TARGET, json=deployment())
    async with client_of(place, await issue_token(place, organization="rival")) as theirs:
        for path in (written.headers["Location"], f"/ledger/v1/requests/{written.json()['request_id']}"):
            assert (await theirs.get(path)).status_code == 404
        own = await theirs.post(TARGET, json=deployment())
    assert own.status_code == 201
    assert own.json()["id"] != written.json()["id"]
