"""What becomes of somebody whom a provider names, over a real store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shipledger.access.people.person import Person
from shipledger.access.people.roles import Role
from shipledger.access.people.sign_on.configured import SignOn
from shipledger.access.people.sign_on.door import SignOnDoor
from shipledger.access.people.sign_on.identity import Identity
from shipledger.clock import Clock
from shipledger.errors import Denied
from shipledger.store.contract import Store
from shipledger.store.open import open_store
from tests.support.people import add_person, doorkeeper_of, members_of
from tests.support.services import directory_of

ISSUER = "https://id.example.com"
ROLES = {"sre": Role.APPROVER, "root": Role.ADMINISTRATOR}


class Door:
    """A door of one ledger."""

    def __init__(self, store: Store, organization_id: str) -> None:
        self.store = store
        self.organization_id = organization_id

    async def admit(
        self,
        *groups: str,
        subject: str = "s1",
        email: str = "ada@example.com",
        name: str = "Ada",
        roles: dict[str, Role] | None = None,
    ) -> Person:
        """The person who comes in with these groups."""
        given = ROLES if roles is None else roles
        sign_on = SignOn(ISSUER, "shipledger", "", "Example", "openid", "groups", given, "default")
        door = SignOnDoor(sign_on, self.store, members_of(self.store), self.store, Clock())
        return await door.admit(Identity(ISSUER, subject, email, name, groups))

    async def role_of(self, person: Person) -> Role | None:
        """What somebody is now."""
        member = await self.store.find_member(self.organization_id, person.person_id)
        return None if member is None else member.role


@pytest.fixture
async def door(database: Path) -> AsyncIterator[Door]:
    store = await open_store(f"sqlite:///{database}")
    organization = await directory_of(store).create_organization("default", "Default")
    await add_person(store, organization.organization_id, Role.VIEWER)
    yield Door(store, organization.organization_id)
    await store.close()


async def test_a_new_person_gets_an_account_with_the_role_of_their_groups(door: Door) -> None:
    ada = await door.admit("sre", "cooks")
    assert (ada.email, ada.name, ada.password) == ("ada@example.com", "Ada", "")
    assert await door.role_of(ada) is Role.APPROVER
    member = await door.store.find_member(door.organization_id, ada.person_id)
    assert member is not None
    (entry,) = await door.store.list_entries_of("member", door.organization_id, member.member_id)
    assert str(entry.actor) == "duty:sign-on"


async def test_the_role_follows_the_groups_and_so_does_access(door: Door) -> None:
    await add_person(door.store, door.organization_id)
    ada = await door.admit("sre")
    await door.admit("root")
    assert await door.role_of(ada) is Role.ADMINISTRATOR
    with pytest.raises(Denied, match="None of your groups"):
        await door.admit("cooks")
    assert await door.role_of(ada) is None
    with pytest.raises(Denied, match="None of your groups"):
        await door.admit("cooks")
    assert await door.admit("sre") == ada
    assert await door.role_of(ada) is Role.APPROVER


async def test_a_person_is_found_by_subject_whatever_their_address_becomes(door: Door) -> None:
    ada = await door.admit("sre")
    assert (await door.admit("sre", email="ada.lovelace@example.com")).person_id == ada.person_id
    assert (await door.admit("sre", email="")).person_id == ada.person_id


async def test_the_same_address_of_another_subject_is_the_same_account_and_without_one_nobody(door: Door) -> None:
    ada = await door.admit("sre")
    assert (await door.admit("sre", subject="s2")).person_id == ada.person_id
    with pytest.raises(Denied, match="verified"):
        await door.admit("sre", subject="s3", email="")
    assert len(await door.store.list_persons()) == 2


async def test_an_account_with_a_password_is_joined_by_its_verified_address(door: Door) -> None:
    bob = await add_person(door.store, door.organization_id, Role.VIEWER, email="Bob@Example.com")
    assert (await door.admit("sre", email="bob@example.com")).person_id == bob.person_id
    assert await door.role_of(bob) is Role.APPROVER


async def test_without_roles_of_groups_only_invited_people_come_in(door: Door) -> None:
    with pytest.raises(Denied, match=r"as ada@example\.com"):
        await door.admit("root", roles={})
    ada = await add_person(door.store, door.organization_id, Role.EDITOR, email="ada@example.com")
    assert (await door.admit("root", roles={})).person_id == ada.person_id
    assert await door.role_of(ada) is Role.EDITOR


async def test_a_disabled_person_stays_out(door: Door) -> None:
    ada = await door.admit("sre")
    await doorkeeper_of(door.store).disable(ada, since=Clock().now())
    with pytest.raises(Denied, match="disabled"):
        await door.admit("root")


async def test_the_last_administrator_keeps_the_role_whatever_the_groups_say(door: Door) -> None:
    ada = await door.admit("root")
    assert await door.admit("sre") == ada
    assert await door.role_of(ada) is Role.ADMINISTRATOR
    await door.admit("root", subject="s2", email="bob@example.com")
    await door.admit("sre")
    assert await door.role_of(ada) is Role.APPROVER


async def test_nobody_without_an_address_or_a_role_gets_an_account(door: Door) -> None:
    for groups, email in ((("cooks",), "ada@example.com"), (("sre",), ""), (("sre",), "no address"), ((), "")):
        with pytest.raises(Denied):
            await door.admit(*groups, email=email)
    assert len(await door.store.list_persons()) == 1


async def test_names_of_a_provider_are_kept_as_names_or_refused(door: Door) -> None:
    ada = await door.admit("sre", name="Ada\u202e\x00 <b>\nLovelace")
    assert ada.name == "Ada <b> Lovelace"
    assert (await door.admit("sre", subject="s2", email="bob@example.com", name="")).name == "bob@example.com"
    with pytest.raises(Denied):
        await door.admit("sre", subject="s3", email="eve@example.com", name="x" * 300)


async def test_nobody_comes_in_before_there_is_an_account(database: Path) -> None:
    store = await open_store(f"sqlite:///{database}")
    organization = await directory_of(store).create_organization("default", "Default")
    with pytest.raises(Denied, match="no accounts yet"):
        await Door(store, organization.organization_id).admit("root")
    assert not await store.has_persons()
    await store.close()


async def test_many_tabs_make_one_account(door: Door) -> None:
    found = await asyncio.gather(*(door.admit("sre") for _ in range(10)))
    assert len({one.person_id for one in found}) == 1
    assert len(await door.store.list_persons()) == 2
