"""Who gets in: by token, by signature, under which prefix, and with which rights."""

from __future__ import annotations

import base64

import atlassian_jwt
import pytest

from shipledger.access.grant import Scope
from tests.support.jira import deployment
from tests.support.jira_clients import (
    APP_KEY,
    SHARED_SECRET,
    SITE,
    connect_client,
    fetch_token,
    get_until,
    install_app,
    issue_client,
    prefixes_of,
    sign,
)

KEY = f"{SITE}/pipelines/storefront/environments/prod/deployments/41"
OTHER_SECRET = "f" * 64


@pytest.fixture
async def stranger(server):
    async with server.client() as client:
        yield client


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer x", "Basic YTpi", "GenieKey x", "JWT", "JWT x.y.z", "Bearer \u00e9"],
)
async def test_who_proves_nothing_is_not_let_in(place, stranger, header):
    for prefix in prefixes_of(await place.organization_id()):
        answer = await stranger.post(f"{prefix}/bulk", json={}, headers={"Authorization": header.encode()} if header else {})
        gateway = {"code": 401, "message": "Unauthorized"}
        assert answer.status_code == 401
        assert answer.json() == (
            gateway
            if "{" not in prefix and ("cloud" in prefix or "/ex/" in prefix)
            else [{"message": "Missing or invalid token"}]
        )


async def test_the_clients_secret_is_no_token(place, stranger):
    _, secret = await issue_client(place)
    assert (await stranger.get(KEY, headers={"Authorization": f"Bearer {secret}"})).status_code == 401


async def test_several_tokens_of_a_client_are_good_at_once_and_die_with_it(place, stranger):
    credential, secret = await issue_client(place)
    tokens = [await fetch_token(place, credential, secret) for _ in range(2)]
    for token in tokens:
        assert (await stranger.get(KEY, headers={"Authorization": f"bearer {token}"})).status_code == 404
    await place.app.store.revoke_credential(credential.organization_id, credential.credential_id, now=place.app.clock.now())
    for token in tokens:
        assert (await stranger.get(KEY, headers={"Authorization": f"Bearer {token}"})).status_code == 401
    body = {"grant_type": "client_credentials", "client_id": credential.credential_id, "client_secret": secret}
    assert (await stranger.post("/oauth/token", json=body)).status_code == 401


async def test_a_token_and_what_was_accepted_outlive_a_restart(serve):
    async with serve() as server:
        credential, secret = await issue_client(server)
        token = await fetch_token(server, credential, secret)
        headers = {"Authorization": f"Bearer {token}"}
        async with server.client(headers=headers) as client:
            assert (await client.post(f"{SITE}/bulk", json={"deployments": [deployment()]})).status_code == 202
    async with (
        serve() as again,
        again.client(headers=headers) as client,
    ):
        await get_until(client, KEY)


@pytest.mark.parametrize(
    "missing, error",
    [("grant_type", "invalid_request"), ("client_id", "invalid_request"), ("client_secret", "invalid_request")],
)
async def test_a_token_request_without_a_member_is_told_which(place, stranger, missing, error):
    credential, secret = await issue_client(place)
    body = {"grant_type": "client_credentials", "client_id": credential.credential_id, "client_secret": secret}
    body.pop(missing)
    answer = await stranger.post("/oauth/token", json=body)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert missing in answer.json()["error_description"]


async def test_a_client_may_prove_itself_by_basic_authentication(place, stranger):
    credential, secret = await issue_client(place)
    basic = base64.b64encode(f"{credential.credential_id}:{secret}".encode()).decode()
    answer = await stranger.post(
        "/oauth/token", data={"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"}
    )
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b"[" * 5000])
async def test_a_token_request_that_cannot_be_read_is_refused(stranger, content):
    answer = await stranger.post("/oauth/token", content=content)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_the_token_endpoint_takes_no_other_method(stranger):
    answer = await stranger.get("/oauth/token")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert answer.json() == [{"message": "Method not allowed"}]


async def test_another_cloud_id_is_unknown_and_ones_own_is_compared_without_case(place):
    other = "c68adbe0-2b09-4add-b08e-eb5797b31bc9"
    async with await connect_client(place) as client:
        answer = await client.post(f"/jira/deployments/0.1/cloud/{other}/bulk", json={"deployments": [deployment()]})
        assert (answer.status_code, type(answer.json())) == (404, list)
        own = (await place.organization_id()).upper()
        answer = await client.post(f"/jira/deployments/0.1/cloud/{own}/bulk", json={"deployments": [deployment()]})
        assert answer.status_code == 202


async def test_tenant_info_answers_for_the_organization_of_the_host_name(serve):
    async with serve(organization_hosts="ship-a.example.com=team-a") as server:
        team = await server.organization_id("team-a")
        default = await server.organization_id()
        async with server.client() as client:
            bound = await client.get("/_edge/tenant_info", headers={"Host": "Ship-A.example.com:8443"})
            other = await client.get("/_edge/tenant_info", headers={"Host": "else.example.com"})
    assert (bound.json()["cloudId"], other.json()["cloudId"]) == (team, default)


@pytest.mark.parametrize("scope", [Scope.READ, Scope.WRITE, Scope.DELETE])
async def test_rights_do_not_imply_each_other(place, stranger, scope):
    await install_app(place, scope)
    allowed = {
        Scope.READ: ("GET", KEY, 404),
        Scope.WRITE: ("POST", f"{SITE}/bulk", 400),
        Scope.DELETE: ("DELETE", KEY, 202),
    }
    for right, (method, target, status) in allowed.items():
        answer = await stranger.request(method, target, headers={"Authorization": sign(method, target)})
        assert answer.status_code == (status if right is scope else 403)
        if right is not scope:
            assert answer.json() == [{"message": f"The app does not define the {right.upper()} scope"}]


async def test_an_app_installed_by_two_organizations_reaches_the_one_whose_secret_it_signs_with(place, stranger):
    await install_app(place)
    await install_app(place, secret=OTHER_SECRET, organization="team-b")
    body = {"deployments": [deployment()]}
    target = f"{SITE}/bulk"
    answer = await stranger.post(target, json=body, headers={"Authorization": sign("POST", target, secret=OTHER_SECRET)})
    assert answer.status_code == 202

    async def look(secret: str) -> int:
        return (await stranger.get(KEY, headers={"Authorization": sign("GET", KEY, secret=secret)})).status_code

    while await look(OTHER_SECRET) == 404:
        pass
    assert (await look(OTHER_SECRET), await look(SHARED_SECRET)) == (200, 404)


async def test_a_revoked_app_gets_401(place, stranger):
    app = await install_app(place)
    await place.app.store.revoke_credential(app.organization_id, app.credential_id, now=place.app.clock.now())
    assert (await stranger.get(KEY, headers={"Authorization": sign("GET", KEY)})).status_code == 401


async def test_a_token_in_the_query_or_with_the_client_key_as_issuer_is_refused(place, stranger):
    app = await install_app(place)
    token = sign("GET", KEY).removeprefix("JWT ")
    assert (await stranger.get(f"{KEY}?jwt={token}")).status_code == 401
    header = sign("GET", KEY, iss=app.organization_id)
    assert (await stranger.get(KEY, headers={"Authorization": header})).status_code == 401


async def test_a_token_that_another_implementation_signed_is_taken(place, stranger):
    await install_app(place)
    target = f"{SITE}/pipelines/a%2Fb%20c/environments/%2B/deployments/-7?x=1+2&y=a,b"
    token = atlassian_jwt.encode_token("GET", target, APP_KEY, SHARED_SECRET)
    assert (await stranger.get(target, headers={"Authorization": f"JWT {token}"})).status_code == 404
    other = f"{SITE}/pipelines/a/environments/b/deployments/-7"
    assert (await stranger.get(other, headers={"Authorization": f"JWT {token}"})).status_code == 401


async def test_a_limit_is_told_with_the_seconds_to_wait(place):
    from shipledger.access.issuing import Limits  # noqa: PLC0415  only this test narrows a credential

    async with await connect_client(place, limits=Limits(requests_per_minute=1)) as client:
        assert (await client.get(KEY)).status_code == 404
        answer = await client.get(KEY)
    assert (answer.status_code, answer.json()) == (429, [{"message": "Too many requests"}])
    assert int(answer.headers["Retry-After"]) > 0
