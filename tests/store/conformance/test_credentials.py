import pytest
from msgspec.structs import replace

from shipledger.access.credential import hash_secret
from shipledger.errors import Conflict, NotFound
from tests.support.factories import ACME, RIVAL, make_credential, make_id, moment


async def test_a_credential_is_found_by_the_hash_of_its_secret(store):
    credential = make_credential(2, organization_id=RIVAL, scopes=frozenset(), revoked_at=moment(3), time_form="int64")
    await store.create_credential(credential)
    assert await store.find_credential_by_hash(hash_secret("secret-2")) == credential
    assert await store.find_credential_by_hash(hash_secret("secret-1")) == make_credential(1)
    assert await store.find_credential_by_hash(hash_secret("guess")) is None


async def test_credentials_are_listed_newest_first_by_organization(store):
    await store.create_credential(make_credential(3))
    await store.create_credential(make_credential(2))
    await store.create_credential(make_credential(4, organization_id=RIVAL))
    assert await store.list_credentials(ACME) == [make_credential(3), make_credential(2), make_credential(1)]


async def test_a_credential_is_revoked_once(store):
    assert await store.revoke_credential(RIVAL, make_id(1), now=moment(5)) is False
    assert await store.revoke_credential(ACME, make_id(1), now=moment(5)) is True
    assert await store.revoke_credential(ACME, make_id(1), now=moment(6)) is False
    found = await store.find_credential_by_hash(hash_secret("secret-1"))
    assert found == replace(make_credential(1), revoked_at=moment(5))


async def test_a_secret_belongs_to_one_credential(store):
    with pytest.raises(Conflict) as refused:
        await store.create_credential(make_credential(2, secret_hash=hash_secret("secret-1")))
    assert refused.value.code == "credential_exists"


async def test_a_credential_of_an_unknown_organization_is_refused(store):
    with pytest.raises(NotFound):
        await store.create_credential(make_credential(2, organization_id="nobody"))


async def test_a_credential_is_found_by_its_id_within_its_organization(store):
    assert await store.find_credential(ACME, make_id(1)) == make_credential(1)
    assert await store.find_credential(RIVAL, make_id(1)) is None
    assert await store.find_credential(ACME, "nobody") is None
