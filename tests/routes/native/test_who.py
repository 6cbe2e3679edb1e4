"""Who deployed: what senders say, the authors of commits, and the people whom both mean."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from shipledger.access.people.roles import Role
from shipledger.errors import Conflict, Invalid
from tests.support.native import TARGET, deployment
from tests.support.people import TESTER, add_person, members_of

pytestmark = pytest.mark.both_stores

URL = "https://github.com/acme/shop.git"
COMMITS, MATRIX = "/ledger/v1/commits", "/ledger/v1/matrix"
ADAS, BOBS, NOBODYS = (digit * 40 for digit in "abc")


async def record(native, **changes):
    answer = await native.post(TARGET, json=deployment(**{"finished_at": "2026-03-04T10:30:00Z", **changes}))
    assert answer.is_success, answer.text
    return answer.json()


async def tell(native, commit_id, name, email):
    told = {"id": commit_id, "authored_at": "2026-03-01T10:00:00Z", "author_name": name, "author_email": email}
    answer = await native.post(COMMITS, json={"repository": URL, "commits": [told]})
    assert answer.status_code == 200, answer.text


async def find(native, actor, **parameters):
    answer = await native.get(TARGET, params={"actor": actor, **parameters})
    assert answer.status_code == 200, answer.text
    return [one["external_id"] for one in answer.json()["deployments"]]


async def until_found(native, actor, wanted):
    """What the ledger writes to itself is settled a little later."""
    async with asyncio.timeout(60):
        while await find(native, actor) != wanted:  # noqa: ASYNC110  the store has no signal for a test
            await asyncio.sleep(0.02)


def told_of(record):
    return record["actor"], record["person"], record["actor_from"], record["actor_commit"]


async def test_people_are_known_by_what_senders_call_them_and_by_the_commits_that_they_wrote(place, native):
    owner, store = await place.organization_id(), place.app.store
    members = members_of(store)
    ada = await add_person(store, owner, Role.EDITOR, email="Ada-Who@Example.com", name="Ada Lovelace")
    person = {"id": ada.person_id, "name": "Ada Lovelace"}
    for number, said in enumerate([{"actor": "Octocat"}, {"actor": "ADA-who@example.com"}, {"actor": "somebody"}]):
        await record(native, external_id=f"said-{number}", started_at=f"2026-03-04T10:0{number}:00Z", **said)
    before = datetime.now(UTC).isoformat()
    await tell(native, ADAS, "A. L.", "ada-who@EXAMPLE.com")
    for commit, minute in ((ADAS, 10), (BOBS, 11)):
        releases = [{"repository": URL, "commit": commit}]
        await record(native, external_id=commit[:4], actor=None, releases=releases, started_at=f"2026-03-04T10:{minute}:00Z")
    await tell(native, BOBS, "Bob", "bob@example.com")  # after what brought it
    await until_found(native, "bob", ["bbbb"])

    by_ada = ["aaaa", "said-1"]
    for word in (ada.person_id, "ada lovelace", "ada-who@example.com"):
        assert await find(native, word) == by_ada, word
    _, member = await members.get(owner, ada.email)
    assert await members.know_as(owner, member, adds=["octoCAT", "bob@example.com"], by=TESTER)
    by_ada = ["bbbb", "aaaa", "said-1", "said-0"]  # also of the past
    for word in (ada.person_id, "OCTOCAT", "ada-who@example.com"):
        assert await find(native, word) == by_ada, word
    assert await find(native, ada.person_id, environment="production", limit=2) == by_ada[:2]
    assert await find(native, ada.person_id, as_of=before) == ["said-1", "said-0"]
    assert await find(native, "A. L.") == ["aaaa"]
    listed = {one["external_id"]: told_of(one) for one in (await native.get(TARGET)).json()["deployments"]}
    assert listed == {
        "said-0": ("Octocat", person, "sender", None),
        "said-1": ("ADA-who@example.com", person, "sender", None),
        "said-2": ("somebody", None, "sender", None),
        "aaaa": (None, person, "commit", ADAS),
        "bbbb": (None, person, "commit", BOBS),
    }

    _, member = await members.get(owner, ada.email)
    await store.save_person(replace(ada, name="Ada King"))
    assert await members.remove(owner, member, by=TESTER)
    assert await find(native, ada.person_id) == by_ada  # whoever has left keeps the name
    (newest, *_) = (await native.get(TARGET, params={"actor": ada.person_id})).json()["deployments"]
    assert newest["person"] == {"id": ada.person_id, "name": "Ada King"}
    heir = await add_person(store, owner, Role.EDITOR, name="Heir")
    _, member = await members.get(owner, heir.email)
    assert await members.know_as(owner, member, adds=["octocat"], by=TESTER)
    assert (await find(native, heir.person_id), await find(native, ada.person_id)) == (["said-0"], by_ada[:3])


async def test_a_login_means_one_person_of_an_organization_and_never_whose_address_it_is(place, native):
    owner, store = await place.organization_id(), place.app.store
    members = members_of(store)
    grace, linus = [await add_person(store, owner, name=name) for name in ("Grace", "Linus")]
    entries = [await members.get(owner, one.email) for one in (grace, linus)]

    async def say(number, *logins, **changes):
        _, member = await members.get(owner, entries[number][0].email)
        return await members.know_as(owner, member, adds=logins, by=TESTER, **changes)

    said = await asyncio.gather(say(0, "Straße"), say(1, "STRASSE"), return_exceptions=True)
    assert sorted(str(getattr(one, "code", one)) for one in said) == ["True", "name_taken"]
    loser = next(number for number, one in enumerate(said) if isinstance(one, Conflict))
    assert not await say(1 - loser, "strasse")
    with pytest.raises(Conflict, match="address of somebody else"):
        await say(0, linus.email.upper())
    for odd in ("", " ", "a" * 10_000, "ada\u202e", "a\0b", "\n"):
        with pytest.raises(Invalid, match="characters that can be seen"):
            await say(0, odd)
    with pytest.raises(Conflict, match="at most"):
        await say(0, *map(str, range(60)))
    _, member = await members.get(owner, entries[1 - loser][0].email)
    assert await members.know_as(owner, member, drops=["sTrasse"], by=TESTER)
    assert await say(loser, "STRASSE")
    with pytest.raises(Conflict, match="meanwhile"):
        await say(loser, "another", expects=1)
    await record(native, external_id="sent", actor="strasse", service="shop", version="7")
    (cell,) = (await native.get(MATRIX)).json()["cells"]
    assert (cell["actor"], cell["person"]["name"], cell["actor_from"]) == ("strasse", entries[loser][0].name, "sender")
    await native.post("/ledger/v1/services", json={"name": "Shop", "team": "Money"})
    await record(native, external_id="other", service="till", actor="strasse")
    for parameters in ({}, {"as_of": datetime.now(UTC).isoformat()}):
        assert await find(native, "strasse", team="mONEY", **parameters) == ["sent"]
        assert await find(native, "", team="Money", service="shop", **parameters) == ["sent"]
        for nothing in ({"team": "Money", "service": "till"}, {"team": "nobody"}, {"team": "Money", "service": "unknown"}):
            assert await find(native, "", **nothing, **parameters) == [], nothing
