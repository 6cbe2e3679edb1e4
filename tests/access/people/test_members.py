"""Inviting people, links into their accounts, and keeping them out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shipledger.access.people.doorkeeper import Doorkeeper, TooManyTries
from shipledger.access.people.members import TEAM_LIMIT, Members, read_team
from shipledger.access.people.membership.model import KIND, AddMember, LinkMember
from shipledger.access.people.person import AccountState
from shipledger.access.people.roles import Role
from shipledger.access.people.sign_in_limits import FREE_FAILURES
from shipledger.clock import Clock
from shipledger.errors import Denied, Invalid, NotFound
from shipledger.store.contract import Store
from shipledger.store.open import open_store
from tests.support.pen import new_pen
from tests.support.people import TESTER, doorkeeper_of, members_of

GOOD = "correct horse battery"
ADA = "ada@example.com"


@pytest.fixture
async def store(database: Path) -> AsyncIterator[Store]:
    opened = await open_store(f"sqlite:///{database}")
    yield opened
    await opened.close()


async def _open(store: Store) -> tuple[Members, Doorkeeper, str, str]:
    """Members, the door, and two organizations."""
    ours, theirs = [(await new_pen(store, now=Clock().now(), slug=slug)).organization_id for slug in ("ours", "theirs")]
    return members_of(store), doorkeeper_of(store), ours, theirs


async def test_a_link_for_somebody_who_was_invited_before_is_an_entry_of_its_own(store: Store) -> None:
    members, _, ours, _ = await _open(store)
    first = await members.invite(ours, ADA, role=Role.EDITOR, by=TESTER)
    again = await members.invite(ours, ADA, role=Role.VIEWER, by=TESTER)
    assert (first.is_new, again.is_new, first.link != again.link) == (True, False, True)
    assert await members.change(ours, first.member, role=Role.EDITOR, by=TESTER) is False, "they are that already"
    entries = await store.list_entries_of(KIND, ours, first.member.member_id)
    assert [type(one.submission) for one in entries] == [AddMember, LinkMember]


async def test_links_into_an_account_end_when_it_joins_another_organization_and_not_when_it_is_invited_again(
    store: Store,
) -> None:
    members, door, ours, theirs = await _open(store)
    invited = await members.invite(ours, ADA, role=Role.EDITOR, by=TESTER)
    person = await door.choose_password(invited.link, GOOD)
    link = await members.make_password_link(ours, person, invited.member, by=TESTER)
    assert (await members.invite(ours, ADA, role=Role.EDITOR, by=TESTER)).link == ""
    assert (await door.find_link(link)).person_id == person.person_id, "nothing has changed"
    assert (await members.invite(theirs, ADA, role=Role.VIEWER, by=TESTER)).link == ""
    with pytest.raises(NotFound):
        await door.find_link(link)
    kept = await members.make_password_link(ours, person, invited.member, by=TESTER, is_operator=True)
    assert (await members.invite(theirs, ADA, role=Role.VIEWER, by=TESTER)).link == ""
    assert (await door.find_link(kept)).person_id == person.person_id, "they belonged to both before"


async def test_somebody_is_kept_out_and_let_in_again_and_nobody_else(store: Store) -> None:
    members, door, ours, _ = await _open(store)
    invited = await members.invite(ours, ADA, role=Role.EDITOR, by=TESTER)
    other = await members.invite(ours, "grace@example.com", role=Role.EDITOR, by=TESTER)
    await door.choose_password(invited.link, GOOD)
    link = await members.make_password_link(ours, invited.person, invited.member, by=TESTER)
    assert (await members.set_disabled(f" {ADA.upper()} ", is_disabled=True)).person_id == invited.person.person_id
    found = await members.find_person(invited.person.person_id)
    assert found is not None
    assert found.state is AccountState.DISABLED
    with pytest.raises(NotFound):
        await door.choose_password(link, f"{GOOD} staple")
    assert (await members.find_person(other.person.person_id)) == other.person
    await members.set_disabled(ADA, is_disabled=False)
    found = await members.find_person(invited.person.person_id)
    assert found is not None
    assert found.state is AccountState.ACTIVE
    with pytest.raises(NotFound, match=r"Nobody has the address 'nobody@example\.com'"):
        await members.set_disabled("nobody@example.com", is_disabled=True)


async def test_guesses_at_the_present_password_are_slowed_down_too(store: Store) -> None:
    members, door, ours, _ = await _open(store)
    invited = await members.invite(ours, ADA, role=Role.EDITOR, by=TESTER)
    person = await door.choose_password(invited.link, GOOD)
    visit = await door.open_session(person, address="192.0.2.1", agent="test", organization_id=ours)
    for _ in range(FREE_FAILURES):
        with pytest.raises(Denied, match="The present password is wrong"):
            await door.change_password(visit, "wrong password", f"{GOOD} staple")
    with pytest.raises(TooManyTries):
        await door.change_password(visit, GOOD, f"{GOOD} staple")


@pytest.mark.parametrize("length, is_good", [(0, False), (1, True), (TEAM_LIMIT, True), (TEAM_LIMIT + 1, False)])
def test_the_name_of_a_team_is_as_long_as_others(length: int, is_good: bool) -> None:
    if is_good:
        assert read_team(f" {'x' * length} ") == "x" * length
    else:
        with pytest.raises(Invalid):
            read_team(f" {'x' * length} ")
