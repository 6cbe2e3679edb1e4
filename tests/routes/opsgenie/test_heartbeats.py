"""``/v2/heartbeats/{name}/ping``: collectors test a connection with it."""

from __future__ import annotations

import pytest

from shipledger.access.grant import Scope

PING = "/v2/heartbeats/my%2Fcollector%20/ping"


async def list_seen(place):
    return await place.app.store.list_signs_of_life(await place.organization_id())


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("scopes", [(), (Scope.READ,), (Scope.CONFIGURATION,)])
async def test_a_good_key_is_answered_202_whatever_its_rights_and_seen(place, method, scopes):
    before = place.app.clock.now()
    async with place.client(await place.issue(*scopes)) as client:
        answer = await client.request(method, PING, content=b"{" if method == "POST" else None)
    assert (answer.status_code, answer.json()["result"]) == (202, "PONG - Heartbeat received")
    assert answer.json()["took"] > 0
    assert answer.json()["requestId"] == answer.headers["X-Request-Id"]
    assert answer.headers["X-RateLimit-State"] == "OK"
    (credential,) = await place.app.store.list_credentials(await place.organization_id())
    seen = await list_seen(place)
    assert seen.keys() == {credential.credential_id}
    assert seen[credential.credential_id] >= before


async def test_no_key_is_401_another_kind_403_another_method_405(place, anonymous):
    assert (await anonymous.post(PING)).status_code == 401
    assert (await anonymous.get(PING, headers={"Authorization": "GenieKey unknown"})).json()[
        "message"
    ] == "Could not authenticate"
    other = await place.issue(kind="native")
    refused = await anonymous.post(PING, headers={"Authorization": f"GenieKey {other}"})
    assert (refused.status_code, refused.json()["requestId"]) == (403, refused.headers["X-Request-Id"])
    wrong = await anonymous.put(PING)
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "GET, HEAD, POST")
    assert await list_seen(place) == {}


async def test_the_last_sign_of_life_stays_and_one_of_a_revoked_key_is_not_kept(place):
    store, owner = place.app.store, await place.organization_id()
    await place.issue()
    (credential,) = await store.list_credentials(owner)
    earlier, later = place.app.clock.now(), place.app.clock.now()
    for moment in (later, earlier):
        await store.save_sign_of_life(owner, credential.credential_id, now=moment)
    assert await list_seen(place) == {credential.credential_id: later}
    await store.revoke_credential(owner, credential.credential_id, now=later)
    await store.save_sign_of_life(owner, credential.credential_id, now=place.app.clock.now())
    assert await list_seen(place) == {credential.credential_id: later}
