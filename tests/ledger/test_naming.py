"""Keys of issues in titles and messages."""

from __future__ import annotations

import itertools

import pytest

from shipledger.ledger.deployment import Deployment, issue_alias
from shipledger.ledger.naming import NamedIssues, find_keys, join_named
from shipledger.ledger.submission import Amend, Facts, Release, Submission
from tests.support.updates import SOURCE, TARGET, record, settle

CALLED = NamedIssues(title=("SHIP-1", "SHIP-2"))
MESSAGED = NamedIssues(message=("SHIP-3",), commits={"0c9135c": ("SHIP-4",)})


@pytest.mark.parametrize(
    "text, keys",
    [
        ("SHIP-1 Speed up the stock query", ("SHIP-1",)),
        ("Merge branch 'SHIP-12-fix-login' (OPS_X-3, SHIP-12)", ("SHIP-12", "OPS_X-3")),
        ("[SHIP-1]:fix #SHIP-2/SHIP-3", ("SHIP-1", "SHIP-2", "SHIP-3")),
        ("ship-1 A-1 SHIP-0 SHIP-01 1SHIP-1 XSHIP-1a my-SHIP-1 SHIP- -1", ()),
        ("SHA-256", ("SHA-256",)),
        ("", ()),
        (None, ()),
    ],
)
def test_keys_are_found_in_texts(text: str | None, keys: tuple[str, ...]) -> None:
    assert find_keys(text) == keys


def test_a_deployment_is_about_the_issues_that_its_texts_name_as_far_as_they_count() -> None:
    facts = Facts(
        title="SHIP-1 and SHA-256",
        description="SHIP-3",
        issue_keys=("ship-2",),
        releases=(Release("example.com/a/b", "0C9135C"),),
    )
    deployment = known([record(facts=facts, named=join_named(CALLED, MESSAGED))])
    assert deployment.issues == {"SHIP-2": "sender", "SHIP-1": "title", "SHIP-3": "message", "SHIP-4": "commit"}
    assert {issue_alias(f"SHIP-{number}") for number in (1, 2, 3, 4)} <= deployment.aliases
    assert issue_alias("SHA-256") not in deployment.aliases


def test_a_corrected_title_names_other_issues_whatever_came_first() -> None:
    updates = [
        record(facts=Facts(title="SHIP-1"), order=(1,), named=NamedIssues(title=("SHIP-1",))),
        Amend(SOURCE, TARGET, Facts(title="SHIP-2"), (2,), named=NamedIssues(title=("SHIP-2",))),
        Amend(SOURCE, TARGET, Facts(title="nothing"), (3,)),
    ]
    assert known(updates[:2]).issues == {"SHIP-2": "title"}
    assert known(updates).issues == {}
    for rest in itertools.permutations(updates[1:]):
        assert known([updates[0], *rest, *rest]).named == NamedIssues(title=("SHIP-1", "SHIP-2"))


def known(updates: list[Submission]) -> Deployment:
    deployment, _ = settle(updates)
    assert deployment is not None
    return deployment


def test_what_the_ledger_finds_in_a_commit_is_no_news_of_a_deployment() -> None:
    first = record(facts=Facts(releases=(Release("example.com/a/b", "0c9135c"),)))
    before, after = known([first]), known([first, Amend(SOURCE, TARGET, Facts(), (), named=MESSAGED)])
    assert after.issues == {"SHIP-4": "commit"}
    assert after.updated_at == before.updated_at
