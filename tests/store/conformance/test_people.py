"""Persons, their sessions and their links, in every store."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from shipledger.access.people.link import Link
from shipledger.access.people.person import Person
from shipledger.access.people.session import Session, hash_secret
from shipledger.errors import Conflict
from tests.support.factories import ACME, make_id, moment


def make_person(number, **changes):
    person = Person(make_id(number), f"Person{number}@Example.com", f"Person {number}", moment(number), "hash")
    return replace(person, **changes)


def make_session(number, person, **changes):
    session = Session(
        hash_secret(f"session {number}"), person.person_id, ACME, moment(number), moment(number), "127.0.0.1", "Lynx"
    )
    return replace(session, **changes)


async def test_a_person_is_found_by_id_and_by_address_in_any_case(store):
    ada = make_person(1, email="\u00c4da@Example.com")
    assert not await store.has_persons()
    await store.create_person(ada)
    assert await store.has_persons()
    assert await store.find_person(ada.person_id) == ada
    assert await store.find_person_by_email("\u00e4DA@example.COM") == ada
    assert await store.find_person_by_email("ada\0") is None
    with pytest.raises(Conflict):
        await store.create_person(make_person(2, email="a\u0308da@example.com"))
    assert await store.list_persons() == [ada]


async def test_the_first_person_is_only_one_whoever_is_faster(store):
    made = await asyncio.gather(*(store.create_first_person(make_person(number)) for number in range(1, 6)))
    assert sorted(made) == [False] * 4 + [True]
    assert len(await store.list_persons()) == 1


async def test_a_new_password_ends_sessions_and_uses_its_link_up(store):
    ada = make_person(1)
    await store.create_person(ada)
    mine, other = make_session(1, ada), make_session(2, ada)
    for session in (mine, other):
        await store.create_session(session)
    await store.save_password(ada.person_id, "second", now=moment(5), but=mine.session_hash)
    assert await store.list_sessions(ada.person_id) == [mine]
    old, new = (Link(hash_secret(name), ACME, ada.person_id, moment(5)) for name in ("old", "new"))
    await store.create_link(old)
    await store.create_link(new)
    assert await store.find_link(old.link_hash) is None, "the newest link of a person counts"
    assert await store.use_link(new, "third", now=moment(6))
    assert not await store.use_link(new, "fourth", now=moment(7))
    assert await store.find_link(new.link_hash) == replace(new, used_at=moment(6))
    assert await store.find_person(ada.person_id) == replace(ada, password="third", changed_at=moment(6), seen_at=moment(2))
    assert await store.list_sessions(ada.person_id) == []


async def test_sessions_are_used_moved_ended_and_forgotten(store):
    ada = make_person(1)
    await store.create_person(ada)
    sessions = [make_session(number, ada) for number in (1, 2, 3)]
    for session in sessions:
        await store.create_session(session)
    await store.note_session_seen(sessions[0].session_hash, now=moment(60), address="::1")
    await store.note_session_seen(sessions[0].session_hash, now=moment(50), address="late")
    await store.move_session(sessions[0].session_hash, "other")
    used = replace(sessions[0], seen_at=moment(60), address="::1", organization_id="other")
    assert await store.find_session(used.session_hash) == (used, replace(ada, seen_at=moment(60)))
    assert await store.list_sessions(ada.person_id) == [used, sessions[2], sessions[1]]
    assert await store.end_session(sessions[1].session_hash)
    assert not await store.end_session(sessions[1].session_hash)
    assert await store.forget_old_sessions(seen_before=moment(3) + timedelta(seconds=1), created_before=moment(1)) == 1
    assert await store.list_sessions(ada.person_id) == [used]
    assert await store.end_sessions(ada.person_id) == 1
    assert (await store.find_person(ada.person_id)).seen_at == moment(60), "that outlasts the sessions"


async def test_whoever_is_disabled_has_no_session(store):
    ada = make_person(1)
    await store.create_person(ada)
    await store.create_session(make_session(1, ada))
    await store.save_person(replace(ada, name="Ada", disabled_at=moment(9)))
    assert await store.find_person(ada.person_id) == replace(ada, name="Ada", disabled_at=moment(9), seen_at=moment(1))
    assert await store.find_session(make_session(1, ada).session_hash) is None
