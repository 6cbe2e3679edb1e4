"""Passwords: hashed slowly, a few at a time."""

from __future__ import annotations

import asyncio
import os
import threading

import pytest

from shipledger.access.people.passwords import AT_ONCE, LONGEST, NICENESS, REST_SECONDS, WAITING_LIMIT, Passwords
from shipledger.errors import Invalid, Unavailable

GOOD = "correct horse battery"


async def test_a_password_is_right_in_every_spelling_of_its_characters():
    passwords = Passwords()
    encoded = await passwords.hash("Stra\u00dfe nach K\u00f6ln \ufb01")
    assert encoded.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.verify(encoded, "Stra\u00dfe nach Ko\u0308ln fi")
    assert not await passwords.verify(encoded, "Strasse nach Koeln fi")
    assert not passwords.needs_rehash(encoded)
    assert passwords.needs_rehash("$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA")


async def test_nobody_has_the_password_of_nobody_and_damaged_hashes_open_nothing():
    passwords = Passwords()
    for encoded in ("", "$argon2id$", "x", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$AAAA"):
        assert not await passwords.verify(encoded, "nobody's")
    assert not await passwords.verify(await passwords.hash(GOOD), "x" * (LONGEST + 1))


@pytest.mark.parametrize("wrong", ["", "short", "x" * (LONGEST + 1), "aaaaaaaaaaaaaaaa", "abababababab"])
async def test_a_password_that_is_easy_to_guess_or_costly_to_hash_is_refused(wrong):
    with pytest.raises(Invalid):
        await Passwords().hash(wrong)


async def test_a_flood_waits_in_a_bounded_queue_and_whoever_is_known_goes_past_it():
    passwords = Passwords()
    encoded = await passwords.hash(GOOD)
    tries = [asyncio.create_task(passwords.verify(encoded, "wrong")) for _ in range(WAITING_LIMIT + AT_ONCE + 10)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        passwords.require_room()
    passwords.require_room(is_known=True)
    known = await asyncio.gather(*(passwords.verify(encoded, GOOD, is_known=True) for _ in range(3)))
    assert known == [True, True, True]
    assert sum(one.done() and not one.exception() for one in tries) <= AT_ONCE, "a place rests while many wait"
    refused = [one for one in tries if one.done() and isinstance(one.exception(), Unavailable)]
    assert len(refused) == AT_ONCE + 10
    for one in tries:
        one.cancel()
    await asyncio.gather(*tries, return_exceptions=True)
    await asyncio.sleep(REST_SECONDS)
    assert await passwords.verify(encoded, GOOD), "and then others go on"


async def test_hashing_gives_way_to_everything_else():
    passwords = Passwords()
    before, own = {one.native_id for one in threading.enumerate()}, os.getpriority(os.PRIO_PROCESS, 0)
    await passwords.hash(GOOD)
    new = [one.native_id for one in threading.enumerate() if one.native_id not in before]
    assert [os.getpriority(os.PRIO_PROCESS, one) for one in new] == [max(own, NICENESS)]
    assert os.getpriority(os.PRIO_PROCESS, 0) == own
