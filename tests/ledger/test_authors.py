"""Who deployed, by the author of a commit."""

from __future__ import annotations

import itertools

from shipledger.ledger.authors import Author, author_key
from shipledger.ledger.deployment import PERSON_SCOPE, Deployment, person_alias
from shipledger.ledger.submission import Alias, Amend, Facts, Release, Submission
from tests.support.updates import SOURCE, TARGET, record, settle

RELEASES = (Release("example.com/a/b", "0C9135C"), Release("example.com/a/c", "4f1c9a7"))
ADA, BOB = Author("a1", "Ada Lovelace"), Author("b2", "Bob")


def known(*updates: Submission) -> Deployment:
    deployment, _ = settle([*updates])
    assert deployment is not None
    return deployment


def learn(**authors: Author) -> Amend:
    return Amend(SOURCE, TARGET, Facts(), (), authors={commit.removeprefix("c"): author for commit, author in authors.items()})


def test_the_first_commit_whose_author_is_known_says_who_deployed_whichever_is_known_first() -> None:
    first, later = record(facts=Facts(releases=RELEASES)), (learn(c4f1c9a7=BOB), learn(c0c9135c=ADA))
    assert known(first).brought_by is None
    assert known(first, later[0]).person_keys == (author_key("b2"), author_key("bob"))
    for order in itertools.permutations(later):
        deployment = known(first, *order)
        assert deployment.person_keys == (author_key("a1"), author_key("Ada Lovelace"))
        assert {one for one in deployment.aliases if one.scope == PERSON_SCOPE} == {
            Alias(PERSON_SCOPE, "author:a1"),
            person_alias("author:ada lovelace"),
        }
        assert deployment.updated_at == known(first).updated_at


def test_the_word_of_a_sender_wins_over_the_author_whenever_it_comes() -> None:
    said = Amend(SOURCE, TARGET, Facts(actor="Octocat"), (5,))
    updates = (learn(c0c9135c=ADA), said)
    for order in itertools.permutations(updates):
        deployment = known(record(facts=Facts(releases=RELEASES)), *order)
        assert (deployment.brought_by, deployment.person_keys) == (None, ("octocat",))


def test_two_who_tell_different_authors_of_one_commit_end_in_the_same_whichever_comes_first() -> None:
    first, told = record(facts=Facts(releases=RELEASES)), (learn(c0c9135c=ADA), learn(c0c9135c=Author("", "zoe")))
    assert {known(first, *order).person_keys for order in itertools.permutations(told)} == {
        (author_key("a1"), author_key("Ada Lovelace"))
    }
