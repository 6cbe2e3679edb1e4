"""Access tokens and apps, in every store."""

import pytest
from msgspec.structs import replace

from shipledger.access.access_token import AccessToken
from shipledger.access.credential import hash_secret
from shipledger.access.grant import Scope
from shipledger.access.signing_app import AppLinks, SigningApp
from shipledger.access.signing_key import SigningKey
from shipledger.errors import Conflict
from tests.support.factories import ACME, RIVAL, make_credential, make_id, moment

APP_KEY = "com.example.app"
LINKS = AppLinks(base_url="https://app.example.com", installed="/installed", gating_callback="/callback")


def make_token(name: str, *, until: float, number: int = 1) -> AccessToken:
    return AccessToken(
        organization_id=ACME, token_hash=hash_secret(name), credential_id=make_id(number), expires_at=moment(until)
    )


def make_app(number: int, *, organization_id: str = ACME, **changes) -> SigningApp:
    app = SigningApp(organization_id=organization_id, credential_id=make_id(number), app_key=APP_KEY, sealed_secret=b"\0sealed")
    return replace(app, **changes)


async def test_a_token_stands_for_its_credential_until_it_expires(store):
    await store.save_access_token(make_token("a", until=900), now=moment(0))
    assert await store.find_credential_by_token(hash_secret("a"), now=moment(899)) == make_credential(1)
    assert await store.find_credential_by_token(hash_secret("a"), now=moment(900)) is None
    assert await store.find_credential_by_token(hash_secret("b"), now=moment(1)) is None


async def test_a_token_that_was_made_while_the_clock_was_ahead_is_not_good_and_is_forgotten(store):
    year = 365 * 24 * 3_600
    await store.save_access_token(make_token("a", until=year), now=moment(year - 900))
    assert await store.find_credential_by_token(hash_secret("a"), now=moment(0)) is None
    await store.save_access_token(make_token("b", until=900), now=moment(0))
    assert await store.find_credential_by_token(hash_secret("a"), now=moment(year - 1)) is None
    assert await store.find_credential_by_token(hash_secret("b"), now=moment(1)) is not None


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
    await store.create_signing_app(ours, make_app(2, has_deployment_module=False))
    await store.create_signing_app(theirs, make_app(3, organization_id=RIVAL))
    await store.create_signing_app(gone, make_app(4))
    found = await store.list_signing_apps(APP_KEY, limit=9)
    assert found == [
        (theirs, make_app(3, organization_id=RIVAL)),
        (ours, make_app(2, has_deployment_module=False)),
    ]
    assert len(await store.list_signing_apps(APP_KEY, limit=1)) == 1
    assert await store.list_signing_apps("com.example.other", limit=9) == []


async def test_an_app_is_stored_with_its_credential_or_not_at_all(store):
    taken = make_credential(2, secret_hash=hash_secret("secret-1"))
    with pytest.raises(Conflict):
        await store.create_signing_app(taken, make_app(2))
    assert await store.list_signing_apps(APP_KEY, limit=9) == []


async def test_an_app_is_changed_as_a_whole_and_only_in_its_organization(store):
    credential, app = make_credential(2, kind="jira-connect"), make_app(2, links=LINKS)
    await store.create_signing_app(credential, app)
    rival = make_credential(2, kind="jira-connect", organization_id=RIVAL, secret_hash=hash_secret("rival"))
    await store.create_signing_app(rival, make_app(2, organization_id=RIVAL))
    renamed = replace(credential, name="renamed", scopes=frozenset({Scope.READ}))
    changed = replace(
        app,
        sealed_secret=b"new",
        has_deployment_module=False,
        links=None,
        previous_sealed_secret=app.sealed_secret,
        previous_until=moment(300),
        is_enabled=False,
    )
    await store.update_signing_app(renamed, changed, expected_secret=app.sealed_secret)
    assert await store.list_signing_apps_of(ACME) == [(renamed, changed)]
    assert await store.list_signing_apps_of(RIVAL) == [(rival, make_app(2, organization_id=RIVAL))]


async def test_an_app_whose_secret_was_changed_meanwhile_stays_as_it_is(store):
    credential, app = make_credential(2, kind="jira-connect"), make_app(2)
    await store.create_signing_app(credential, app)
    renamed = replace(credential, name="renamed")
    with pytest.raises(Conflict):
        await store.update_signing_app(renamed, replace(app, sealed_secret=b"new"), expected_secret=b"another")
    assert await store.list_signing_apps_of(ACME) == [(credential, app)]


async def test_a_revoked_app_is_not_listed_and_cannot_be_changed(store):
    credential, app = make_credential(2, kind="jira-connect"), make_app(2)
    await store.create_signing_app(credential, app)
    await store.revoke_credential(ACME, credential.credential_id, now=moment(5))
    assert await store.list_signing_apps_of(ACME) == []
    with pytest.raises(Conflict):
        await store.update_signing_app(credential, app, expected_secret=app.sealed_secret)


async def test_the_newest_signing_key_of_an_organization_is_the_one_to_sign_with(store):
    def make_key(number: int, organization_id: str = ACME) -> SigningKey:
        return SigningKey(organization_id, make_id(number), b"\0sealed", f"public {number}", moment(number))

    assert await store.find_newest_signing_key(ACME) is None
    for key in (make_key(2), make_key(1), make_key(3, RIVAL)):
        await store.save_signing_key(key)
    assert await store.find_newest_signing_key(ACME) == make_key(2)
    assert await store.find_signing_key(ACME, make_id(1)) == make_key(1)
    assert await store.find_signing_key(ACME, make_id(3)) is None
