"""What is decided about a pull request, and what its entries make of it in whatever order they were settled."""

from __future__ import annotations

from itertools import permutations

import pytest
from msgspec.structs import replace

from shipledger.clock import to_microseconds
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.aggregate import Decided, RecordEntry
from shipledger.ledger.by_name import Question
from shipledger.ledger.erasure import Erased
from shipledger.ledger.submission import Alias
from shipledger.ledger.verdict import Reason, VerdictKind
from shipledger.pull_requests.aggregate import PULL_REQUESTS
from shipledger.pull_requests.decide import decide
from shipledger.pull_requests.fold import fold_history
from shipledger.pull_requests.model import PullRequest, PullRequestFacts, PullRequestState, RecordPullRequest, number_alias
from tests.support.factories import ACME, make_id, make_receipt, moment

KEY, OTHER_KEY = Alias(scope="request", key="one"), Alias(scope="request", key="another")


def report(order: int, *, names: tuple[Alias, ...] = (), **facts: object) -> RecordPullRequest:
    return RecordPullRequest(
        source="native",
        pull_request_id=f"new-{order}",
        repository="git.example.com/acme/shop",
        number="7",
        facts=PullRequestFacts(**facts),
        order=(order, order),
        names=names,
    )


def ask(number: int, submission: RecordPullRequest, current: PullRequest | None = None, item: int = 0) -> Decided:
    return decide(
        Question(
            current=current, receipt=make_receipt(number), item=item, submission=submission, number=0, now=moment(number + 50)
        )
    )


def test_the_first_report_makes_one_with_an_entry_that_names_its_actor() -> None:
    submission = replace(report(3, title="Cart", names=(KEY, OTHER_KEY)), left_out="A label was left out.")
    made = ask(3, submission, item=2)
    entry = RecordEntry(
        kind="pull_request",
        organization_id=ACME,
        subject_id="new-3",
        version=1,
        receipt_id=make_id(3),
        item=2,
        accepted_at=moment(3),
        recorded_at=moment(53),
        submission=submission,
        actor=Actor(ActorKind.CREDENTIAL, make_id(1)),
    )
    known = PullRequest(
        organization_id=ACME,
        pull_request_id="new-3",
        source="native",
        version=1,
        recorded_at=moment(53),
        updated_at=moment(53),
        repository="git.example.com/acme/shop",
        number="7",
        facts=PullRequestFacts(title="Cart"),
        orders={"title": (3, 3)},
        names=(OTHER_KEY, KEY),
    )
    assert made.entries == (entry,)
    assert made.states == (known,)
    verdict = made.verdict
    assert (verdict.kind, verdict.sentence, verdict.subject) == (VerdictKind.APPLIED, "A label was left out.", "new-3")


@pytest.mark.parametrize(
    "second, kind, reason, title, orders",
    [
        (report(4, title="Basket"), VerdictKind.APPLIED, None, "Basket", {"title": (4, 4)}),
        (report(4, author="Ann"), VerdictKind.APPLIED, None, "Cart", {"title": (3, 3), "author": (4, 4)}),
        (report(4, title="Cart"), VerdictKind.DUPLICATE, Reason.NOTHING_NEW, "Cart", {"title": (4, 4)}),
        (report(2, title="Cart"), VerdictKind.DUPLICATE, Reason.NOTHING_NEW, "Cart", None),
        (report(2, title="Basket"), VerdictKind.SUPERSEDED, Reason.OLDER_FACTS, "Cart", None),
        (report(2, title="Basket", author="Ann"), VerdictKind.APPLIED, None, "Cart", {"title": (3, 3), "author": (2, 2)}),
        (report(2, title="Cart", names=(KEY,)), VerdictKind.DUPLICATE, Reason.NOTHING_NEW, "Cart", {"title": (3, 3)}),
    ],
)
def test_each_fact_is_what_the_report_of_the_greatest_order_says(second, kind, reason, title, orders) -> None:
    [known] = ask(3, report(3, title="Cart")).states
    decided = ask(5, second, known)
    assert (decided.verdict.kind, decided.verdict.subject) == (kind, "new-3")
    assert decided.verdict.reason == reason or reason is None
    if orders is None:
        assert (decided.entries, decided.states) == ((), ())
        return
    [changed], [entry] = decided.states, decided.entries
    assert (entry.version, entry.subject_id, changed.version) == (2, "new-3", 2)
    assert (changed.facts.title, changed.orders, changed.names) == (title, orders, second.names)
    assert (changed.recorded_at, changed.updated_at) == (moment(53), moment(55))


def test_a_report_of_which_one_fact_is_outdated_is_superseded_and_one_of_which_none_is_a_duplicate() -> None:
    [known] = ask(3, report(3, title="Cart", author="Ann")).states
    verdicts = [ask(4, report(2, title=title, author="Ann"), known).verdict for title in ("Basket", "Cart")]
    assert [(one.kind, one.reason, one.sentence) for one in verdicts] == [
        (VerdictKind.SUPERSEDED, Reason.OLDER_FACTS, "Newer values are known for everything in this report."),
        (VerdictKind.DUPLICATE, Reason.NOTHING_NEW, "Everything in this report was already known."),
    ]


def test_entries_make_the_same_in_any_order_and_an_erased_one_says_nothing() -> None:
    reports = [report(1, title="a", author="Ann"), report(2, title="b", names=(KEY,)), report(3, merged_at=moment(9))]
    entries = [ask(number, one).entries[0] for number, one in enumerate(reports, start=1)]
    folded = [fold_history([replace(one, subject_id="x") for one in order]) for order in permutations(entries)]
    assert {(one.facts.title, one.facts.author, one.names, one.recorded_at, one.updated_at) for one in folded} == {
        ("b", "Ann", (KEY,), moment(51), moment(53))
    }
    erased = replace(entries[1], version=2, submission=Erased())
    kept = fold_history([entries[0], erased])
    assert (kept.facts.title, kept.version) == ("a", 2)
    assert fold_history([erased]) is None
    assert fold_history([erased, entries[0]]).facts.title == "a"


@pytest.mark.parametrize(
    "times, state, placed_at",
    [
        ({}, PullRequestState.OPEN, moment(53)),
        ({"opened_at": moment(1)}, PullRequestState.OPEN, moment(1)),
        ({"opened_at": moment(1), "closed_at": moment(2)}, PullRequestState.CLOSED, moment(1)),
        ({"merged_at": moment(2), "closed_at": moment(2)}, PullRequestState.MERGED, moment(53)),
    ],
)
def test_it_stands_as_its_times_say(times, state, placed_at) -> None:
    [known] = ask(3, report(3, **times)).states
    assert (known.state, known.placed_at) == (state, placed_at)
    assert PULL_REQUESTS.keeping.to_columns(known) == (to_microseconds(placed_at),)


@pytest.mark.parametrize(
    "facts, commits",
    [
        ({}, ()),
        ({"commits": ("a", "b")}, ("a", "b")),
        ({"commits": ("a",), "head_commit": "h", "merge_commit": "m"}, ("a", "h", "m")),
    ],
)
def test_its_commits_are_those_of_its_branch_and_both_ends(facts, commits) -> None:
    assert ask(3, report(3, **facts)).states[0].commit_ids == commits


def test_it_is_found_by_its_id_its_repository_with_its_number_and_the_keys_of_requests() -> None:
    submission = report(3, title="Cart", names=(KEY,))
    [known] = ask(3, submission).states
    of_number = number_alias("git.example.com/Acme/SHOP", "7")
    assert of_number == Alias(scope="pull-request", key="git.example.com/acme/shop#7")  # kept in ledgers
    assert known.subject_id == "new-3"
    assert PULL_REQUESTS.known_by(known) == (Alias(scope="", key="new-3"), of_number, KEY)
    assert PULL_REQUESTS.names_in(submission) == (of_number,)
    assert PULL_REQUESTS.call(submission) == "git.example.com/acme/shop#7"


def test_its_row_has_its_place_and_its_commits_once_in_one_spelling() -> None:
    [known] = ask(3, report(3, opened_at=moment(7), commits=("ABC", "def", "abc"), head_commit="DEF", merge_commit="0a")).states
    keeping = PULL_REQUESTS.keeping
    part, _ = keeping.parts
    assert keeping.to_columns(known) == (to_microseconds(moment(7)),)
    assert part.to_rows(known) == [("abc",), ("def",), ("0a",)]
