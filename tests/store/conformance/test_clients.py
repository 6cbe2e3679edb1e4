"""Access tokens and apps, in every store."""

import pytest
from msgspec.structs import replace

from shipledger.access.access_token import AccessToken
from shipledger.access.connect_app import ConnectApp
from shipledger.access.credential import hash_secret
from shipledger.errors import Conflict
from tests.support.factories import ACME, RIVAL, make_credential, make_id, moment

APP_KEY = "com.example.app"


def make_token(name: str, *, until: float, number: int = 1) -> AccessToken:
    return AccessToken(
        organization_id=ACME, token_hash=hash_secret(name), credential_id=make_id(number), expires_at=moment(until)
    )


def make_app(number: int, *, organization_id: str = ACME, **changes) -> ConnectApp:
    app = ConnectApp(organization_id=organization_id, credential_id=make_id(number), app_key=APP_KEY, sealed_secret=b"\0sealed")
    return replace(app, **changes)


async def test_a_token_stands_for_its_credential_until_it_expires(store):
    await store.save_access_token(make_token("a", until=900), now=moment(0))
    assert await store.find_credential_by_token(hash_secret("a"), now=moment(899)) == make_credential(1)
    assert await store.find_credential_by_token(hash_secret("a"), now=moment(900)) is None
    assert await store.find_credential_by_token(hash_secret("b"), now=moment(1)) is None


async def test_several_tokens_of_a_credential_are_good_at_once_and_expired_ones_are_forgotten(store):
    await store.save_access_token(make_token("a", until=10), now=moment(0))
    await store.save_access_token(make_token("b", until=20), now=moment(5))
    assert await store.find_credential_by_token(hash_secret("a"), now=moment(6)) is not None
    await store.save_access_token(make_token("c", until=30), now=moment(12))
    assert await store.find_credential_by_token(hash_secret("a"), now=moment(6)) is None
    assert await store.find_credential_by_token(hash_secret("b"), now=moment(13)) is not None


async def test_the_token_of_a_revoked_credential_tells_so(store):
    await store.save_access_token(make_token("a", until=900), now=moment(0))
    await store.revoke_credential(ACME, make_id(1), now=moment(5))
    found = await store.find_credential_by_token(hash_secret("a"), now=moment(6))
    assert found is not None
    assert found.revoked_at == moment(5)


async def test_live_installations_of_an_app_are_listed_over_all_organizations_newest_first(store):
    ours = make_credential(2, breaks_ties_by_arrival=True)
    theirs = make_credential(3, organization_id=RIVAL)
    gone = make_credential(4, revoked_at=moment(9))
    await store.create_connect_app(ours, make_app(2, has_deployment_module=False))
    await store.create_connect_app(theirs, make_app(3, organization_id=RIVAL))
    await store.create_connect_app(gone, make_app(4))
    found = await store.list_connect_apps(APP_KEY, limit=9)
    assert found == [
        (theirs, make_app(3, organization_id=RIVAL)),
        (ours, make_app(2, has_deployment_module=False)),
    ]
    assert len(await store.list_connect_apps(APP_KEY, limit=1)) == 1
    assert await store.list_connect_apps("com.example.other", limit=9) == []


async def test_an_app_is_stored_with_its_credential_or_not_at_all(store):
    taken = make_credential(2, secret_hash=hash_secret("secret-1"))
    with pytest.raises(Conflict):
        await store.create_connect_app(taken, make_app(2))
    assert await store.list_connect_apps(APP_KEY, limit=9) == []
