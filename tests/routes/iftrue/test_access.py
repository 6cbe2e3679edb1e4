"""Who may record, told by the token alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shipledger.ledger.submission import Target
from tests.support.iftrue import TARGET, client_of, issue_token, report


async def post(server, authorization):
    async with client_of(server, None) as client:
        return await client.post(TARGET, json=report(), headers={"Authorization": authorization})


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_the_scheme_is_compared_without_case(place, scheme):
    _, token = await issue_token(place)
    assert (await post(place, f"{scheme} {token}")).status_code == 201


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer x", "Basic {token}", "{token}", "Bearer {token}x", "Bearer {long}"]
)
async def test_anything_else_is_refused_with_one_text(place, authorization):
    _, token = await issue_token(place)
    response = await post(place, authorization.format(token=token, long="x" * 9000))
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.json()["message"] == "The token is missing or not valid"


async def test_a_token_in_the_query_is_not_accepted(place):
    _, token = await issue_token(place)
    async with client_of(place, None) as client:
        assert (await client.post(f"{TARGET}?token={token}", json=report())).status_code == 401


async def test_a_revoked_credential_is_refused_at_once(place):
    credential_id, token = await issue_token(place)
    assert (await post(place, f"Bearer {token}")).status_code == 201
    await place.app.store.revoke_credential(await place.organization_id(), credential_id, now=place.app.clock.now())
    assert (await post(place, f"Bearer {token}")).status_code == 401


async def test_an_expired_token_is_refused(place):
    _, token = await issue_token(place, expires_at=place.app.clock.now() - timedelta(minutes=2))
    assert (await post(place, f"Bearer {token}")).status_code == 401


async def test_a_key_of_another_protocol_is_no_token(place):
    key = await place.issue()
    assert (await post(place, f"Bearer {key}")).status_code == 401


async def test_a_token_of_another_organization_sees_and_changes_nothing_here(place):
    _, ours = await issue_token(place)
    _, theirs = await issue_token(place, organization="rival")
    first, second = await post(place, f"Bearer {ours}"), await post(place, f"Bearer {theirs}")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["organization_id"] != second.json()["organization_id"]
    assert first.json()["repository_id"] != second.json()["repository_id"]
    rival_id = await place.organization_id("rival")
    assert await place.app.store.find_deployment(rival_id, Target(key=first.json()["id"])) is None
