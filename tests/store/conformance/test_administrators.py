"""An organization keeps an administrator, whoever takes the role away at the same moment, in every store."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from shipledger.access.people.members import Members
from shipledger.access.people.roles import Role
from shipledger.errors import Conflict
from shipledger.store.contract import Store
from tests.support.factories import ACME, RIVAL
from tests.support.people import TESTER, add_person, members_of

ADMINISTRATOR = Role.ADMINISTRATOR


class Meeting:
    """A store of which two nodes write at the same moment: each has decided by then, and knows nothing of the other."""

    def __init__(self, store: Store, barrier: asyncio.Barrier) -> None:
        self._store = store
        self._barrier = barrier
        self._has_met = False

    def __getattr__(self, name: str) -> Any:
        verb = getattr(self._store, name)
        if name not in {"settle", "save_person"}:
            return verb

        async def write(*arguments: Any, **named: Any) -> Any:
            if not self._has_met:
                self._has_met = True
                await self._barrier.wait()
            return await verb(*arguments, **named)

        return write


async def list_administrators(store: Store) -> list[str]:
    found = await members_of(store).list_all(ACME)
    return [person.email for person, member in found if member.role is ADMINISTRATOR and person.disabled_at is None]


async def give(members: Members, email: str, role: Role) -> bool:
    _, member = await members.get(ACME, email)
    return await members.change(ACME, member, role=role, by=TESTER)


async def demote(members: Members, email: str) -> bool:
    return await give(members, email, Role.EDITOR)


async def remove(members: Members, email: str) -> bool:
    _, member = await members.get(ACME, email)
    return await members.remove(ACME, member, by=TESTER)


async def disable(members: Members, email: str) -> object:
    return await members.set_disabled(email, is_disabled=True)


@pytest.mark.parametrize("first, second", [(demote, demote), (remove, demote), (remove, remove), (disable, remove)])
async def test_of_two_administrators_who_take_the_role_from_each_other_at_once_one_keeps_it(store, first, second):
    for email in ("ada@example.com", "bob@example.com"):
        await add_person(store, ACME, email=email)
    barrier = asyncio.Barrier(2)
    ways = [(first, "ada@example.com"), (second, "bob@example.com")]
    done = await asyncio.gather(
        *(way(members_of(Meeting(store, barrier)), email) for way, email in ways),
        return_exceptions=True,
    )
    refused = [one for one in done if isinstance(one, BaseException)]
    assert [(type(one), one.code) for one in refused] == [(Conflict, "last_administrator")], done
    assert len(await list_administrators(store)) == 1


async def test_two_administrators_who_are_disabled_at_once_leave_one(store):
    for email in ("ada@example.com", "bob@example.com"):
        await add_person(store, ACME, email=email)
    barrier = asyncio.Barrier(2)
    done = await asyncio.gather(
        *(disable(members_of(Meeting(store, barrier)), email) for email in ("ada@example.com", "bob@example.com")),
        return_exceptions=True,
    )
    assert sorted(isinstance(one, Conflict) for one in done) == [False, True]
    assert len(await list_administrators(store)) == 1


async def test_whoever_is_disabled_administers_nothing_and_may_be_taken_out(store):
    members = members_of(store)
    await add_person(store, ACME, email="ada@example.com")
    await add_person(store, ACME, email="bob@example.com")
    await members.set_disabled("bob@example.com", is_disabled=True)
    for refused in (demote(members, "ada@example.com"), remove(members, "ada@example.com"), disable(members, "ada@example.com")):
        with pytest.raises(Conflict, match="last administrator"):
            await refused
    assert await remove(members, "bob@example.com")
    await add_person(store, ACME, Role.VIEWER, email="eve@example.com")
    assert await give(members, "eve@example.com", ADMINISTRATOR)
    assert await demote(members, "ada@example.com")
    assert await list_administrators(store) == ["eve@example.com"]


async def test_an_organization_that_nobody_administers_changes_its_members_and_others_do_not_count(store):
    members = members_of(store)
    await add_person(store, RIVAL, email="ada@example.com")
    await add_person(store, ACME, Role.EDITOR, email="bob@example.com")
    assert await give(members, "bob@example.com", Role.VIEWER)
    assert await remove(members, "bob@example.com")
    await add_person(store, ACME, email="ada@example.com")
    with pytest.raises(Conflict, match="last administrator of acme, rival"):
        await disable(members, "ada@example.com")
