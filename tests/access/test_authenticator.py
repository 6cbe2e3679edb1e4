"""From a secret to its grant, and how long a revoked key lives on."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from shipledger.access.authenticator import Authenticator
from shipledger.access.credential import Credential, hash_secret
from shipledger.access.grant import Scope
from shipledger.access.issuing import issue_credential
from shipledger.errors import Unavailable

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)
ALICE = issue_credential(organization_id="acme", kind="opsgenie", name="Alice's CI", now=NOW, randomness=bytes(8))


class Keys:
    """Credentials by hash, which count how often they are asked."""

    def __init__(self, *credentials: Credential) -> None:
        self.by_hash = {credential.secret_hash: credential for credential in credentials}
        self.lookups = 0
        self.gate: asyncio.Event | None = None
        self.is_down = False

    async def find_credential_by_hash(self, secret_hash: bytes) -> Credential | None:
        self.lookups += 1
        if self.is_down:
            raise Unavailable("store", "The database does not answer.")
        found = self.by_hash.get(secret_hash)
        if self.gate is not None:
            await self.gate.wait()
        return found

    def revoke(self, credential: Credential) -> None:
        self.by_hash[credential.secret_hash] = replace(credential, revoked_at=NOW)


class Watch:
    """A monotonic clock that stands still unless told."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def build(*credentials: Credential, remembered_keys: int = 100) -> tuple[Authenticator, Keys, Watch]:
    keys, watch = Keys(*credentials), Watch()
    return Authenticator(keys, watch, remembered_keys=remembered_keys), keys, watch


async def test_a_live_key_gives_the_grant_of_its_credential() -> None:
    authenticator, _, _ = build(ALICE.credential)

    grant = await authenticator.authenticate(ALICE.secret)

    assert grant == ALICE.credential.to_grant()
    assert grant is not None
    assert grant.scopes == frozenset(Scope)


@pytest.mark.parametrize("secret", ["", "wrong", "\ud800", "é" * 5_000, "a\0b"])
async def test_any_other_text_gives_nothing(secret: str) -> None:
    authenticator, _, _ = build(ALICE.credential)

    assert await authenticator.authenticate(secret) is None


async def test_the_key_is_compared_exactly() -> None:
    authenticator, _, _ = build(ALICE.credential)

    assert await authenticator.authenticate(ALICE.secret.swapcase()) is None
    assert await authenticator.authenticate(f"{ALICE.secret} ") is None


async def test_a_store_that_answers_with_another_credential_is_not_believed() -> None:
    authenticator, keys, _ = build()
    keys.by_hash[hash_secret("mallory")] = ALICE.credential

    assert await authenticator.authenticate("mallory") is None


async def test_known_and_unknown_keys_are_looked_up_once_within_two_seconds() -> None:
    authenticator, keys, watch = build(ALICE.credential)
    for _ in range(3):
        await authenticator.authenticate(ALICE.secret)
        await authenticator.authenticate("wrong")
        watch.seconds += 0.5

    assert keys.lookups == 2


async def test_a_revoked_key_is_refused_two_seconds_later_at_most() -> None:
    authenticator, keys, watch = build(ALICE.credential)
    await authenticator.authenticate(ALICE.secret)
    keys.revoke(ALICE.credential)

    watch.seconds += 1.9
    assert await authenticator.authenticate(ALICE.secret) is not None
    watch.seconds += 0.1
    assert await authenticator.authenticate(ALICE.secret) is None


async def test_a_slow_lookup_does_not_lengthen_the_life_of_a_revoked_key() -> None:
    authenticator, keys, watch = build(ALICE.credential)
    keys.gate = asyncio.Event()
    asked = asyncio.create_task(authenticator.authenticate(ALICE.secret))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    keys.revoke(ALICE.credential)
    watch.seconds += 5
    keys.gate.set()
    await asked

    assert await authenticator.authenticate(ALICE.secret) is None


async def test_callers_that_ask_at_once_share_one_lookup() -> None:
    authenticator, keys, _ = build(ALICE.credential)

    grants = await asyncio.gather(*(authenticator.authenticate(ALICE.secret) for _ in range(64)))

    assert set(grants) == {ALICE.credential.to_grant()}
    assert keys.lookups == 1


async def test_a_caller_who_goes_away_does_not_take_the_others_lookup_along() -> None:
    authenticator, keys, _ = build(ALICE.credential)
    keys.gate = asyncio.Event()
    first = asyncio.create_task(authenticator.authenticate(ALICE.secret))
    second = asyncio.create_task(authenticator.authenticate(ALICE.secret))
    await asyncio.sleep(0)

    first.cancel()
    keys.gate.set()

    assert await second == ALICE.credential.to_grant()


async def test_at_most_so_many_keys_are_remembered_and_used_ones_stay() -> None:
    authenticator, keys, _ = build(ALICE.credential, remembered_keys=2)
    await authenticator.authenticate(ALICE.secret)
    for number in range(10):
        await authenticator.authenticate(f"made up {number}")
        await authenticator.authenticate(ALICE.secret)

    assert keys.lookups == 11


async def test_an_unavailable_store_is_no_refusal_and_is_not_remembered() -> None:
    authenticator, keys, _ = build(ALICE.credential)
    keys.is_down = True
    with pytest.raises(Unavailable):
        await authenticator.authenticate(ALICE.secret)
    keys.is_down = False

    assert await authenticator.authenticate(ALICE.secret) is not None


async def test_a_full_memory_forgets_the_key_that_was_used_longest_ago() -> None:
    authenticator, keys, _ = build(remembered_keys=2)
    for secret in ("first", "second", "first", "third"):
        await authenticator.authenticate(secret)
    assert keys.lookups == 3
    for secret in ("first", "third"):
        await authenticator.authenticate(secret)
    assert keys.lookups == 3
    await authenticator.authenticate("second")
    assert keys.lookups == 4


async def test_a_key_that_was_looked_up_again_is_as_young_as_a_new_one() -> None:
    authenticator, keys, watch = build(remembered_keys=2)
    await authenticator.authenticate("first")
    await authenticator.authenticate("second")
    watch.seconds += 2
    for secret in ("first", "third", "first"):
        await authenticator.authenticate(secret)
    assert keys.lookups == 4


@pytest.mark.parametrize("remembered", [1, 2, 5])
async def test_as_many_keys_are_remembered_as_may_be(remembered: int) -> None:
    authenticator, keys, _ = build(remembered_keys=remembered)
    for _ in range(2):
        for number in range(remembered):
            await authenticator.authenticate(f"made up {number}")
    assert keys.lookups == remembered


async def test_what_was_forgotten_is_looked_up_again_at_once() -> None:
    authenticator, keys, _ = build(ALICE.credential)
    await authenticator.authenticate(ALICE.secret)
    keys.revoke(ALICE.credential)
    assert await authenticator.authenticate(ALICE.secret) is not None

    authenticator.forget()

    assert await authenticator.authenticate(ALICE.secret) is None
