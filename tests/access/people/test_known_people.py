"""Whom senders mean, and which deployments a filter by person finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shipledger.access.people.known_people import KnownPeople, KnownPerson
from shipledger.ledger.authors import Author, hash_address
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.submission import Facts, Release
from tests.support.updates import record, settle

OWNER, COMMIT = "acme", "a" * 40
WORDS = ("Ada", "ada@x.example", "ADA@X.example", "bob", "Straße", "STRASSE", "id-0", "id-1", "author:ada")


def by(word: str, *, is_author: bool, address: str = "") -> Deployment:
    facts = Facts(releases=(Release("example.com/a/b", COMMIT),), **({} if is_author else {"actor": word}))
    authors = {COMMIT: Author(hash_address(OWNER, address), word)} if is_author else {}
    deployment, _ = settle([record(facts=facts, authors=authors)])
    assert deployment is not None
    return deployment


DEPLOYMENTS = [
    *(by(word, is_author=False) for word in WORDS),
    *(
        by(word, is_author=True, address=address)
        for word in WORDS
        if word[:3] != "id-"
        for address in ("", "ada@x.example", "bob@x.example")
    ),
]
people = st.lists(
    st.builds(
        KnownPerson,
        person_id=st.sampled_from(["id-0", "id-1", "id-2"]),
        name=st.sampled_from(["Ada", "Bob"]),
        email=st.sampled_from(["Ada@x.example", "bob@x.example", "eve@x.example"]),
        logins=st.lists(st.sampled_from([*WORDS, "bob@x.example"]), max_size=2).map(tuple),
        is_member=st.booleans(),
    ),
    max_size=3,
    unique_by=(lambda one: one.person_id, lambda one: one.email),
)


@given(people)
def test_a_filter_by_a_person_finds_what_is_shown_as_theirs_and_one_by_a_word_all_who_are_called_so(everybody):
    known = KnownPeople(OWNER, everybody)
    shown = [(one, known.find(one)) for one in DEPLOYMENTS]
    for person in everybody:
        wanted = set(known.list_keys(person.person_id))
        found = [one for one in DEPLOYMENTS if not wanted.isdisjoint(one.person_keys)]
        theirs = [one for one, who in shown if who and who.person and who.person.person_id == person.person_id]
        assert found == theirs
    for one, who in shown:
        assert who is not None
        wanted = set(known.list_keys(who.key))
        assert not wanted.isdisjoint(one.person_keys), who


def test_addresses_count_over_logins_and_members_over_who_has_left():
    ada = KnownPerson("1", "Ada", "ada@x.example")
    claims = KnownPerson("2", "Bob", "bob@x.example", logins=("ADA@x.example", "octocat"))
    left = KnownPerson("0", "Eve", "octocat@x.example", logins=("octocat", "eve"), is_member=False)
    known = KnownPeople(OWNER, [left, claims, ada])
    told = [known.find(by(word, is_author=False)) for word in ("Ada@X.example", "OCTOCAT", "eve", "octocat@x.example", "mallory")]
    assert [who and who.name for who in told] == ["Ada", "Bob", "Eve", "Eve", "mallory"]
    unnamed = known.find(by("", is_author=True, address="nobody@x.example"))
    assert unnamed is not None
    assert (unnamed.name, unnamed.commit) == ("unnamed author", COMMIT)
