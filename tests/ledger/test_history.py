"""A deployment is made of what is left of its entries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shipledger.ledger.deployment import Entry
from shipledger.ledger.erasure import Erase, Erased
from shipledger.ledger.history import Damaged, fold_history, separated_versions
from shipledger.ledger.state import State
from shipledger.ledger.submission import Separate
from tests.support.factories import (
    ACME,
    decide_receipt,
    make_amend,
    make_change,
    make_receipt,
    make_record,
    make_removal,
    moment,
)


def make_history(*, removed: bool = False):
    """Recorded (1), finished (2), recorded again by another sender (3), amended (4), and removed (5)."""
    record = make_record(1, title="Title 1")
    steps = [
        lambda _: record,
        lambda current: make_change(current, State.SUCCESSFUL, at=moment(9)),
        lambda _: replace(record, facts=replace(record.facts, title="Title 3"), order=(3,)),
        lambda current: make_amend(current, order=4, description="Said later"),
        make_removal,
    ]
    entries, current = [], None
    for number, step in enumerate(steps if removed else steps[:4], start=1):
        settled, current = decide_receipt(make_receipt(number), step(current), current)
        entries += settled.entries
    return entries


def erase(entries, *versions):
    """The history after ``versions`` were erased, as the eraser leaves it."""
    left = [replace(one, submission=Erased()) if one.version in versions else one for one in entries]
    last = left[-1]
    return [*left, replace(last, version=last.version + 1, submission=Erase(versions=versions))]


def test_what_is_left_is_folded_and_the_version_goes_on():
    deployment = fold_history(erase(make_history(), 4))
    assert (deployment.facts.title, deployment.version) == ("Title 3", 5)
    assert not isinstance(deployment.facts.description, str)


def test_an_entry_that_was_moved_to_another_run_counts_no_more_also_where_the_move_is_erased():
    entries = make_history()
    for effect in (Separate(source="opsgenie", versions=(3, 4), other_ids=("other",)), Erased(separates=(3, 4))):
        moved = [*entries, replace(entries[-1], version=5, submission=effect)]
        assert separated_versions(moved) == {3, 4}
        assert fold_history(moved).facts.title == "Title 1"


def test_what_was_said_before_the_first_record_that_is_left_says_nothing():
    deployment = fold_history(erase(make_history(), 1))
    assert (deployment.facts.title, deployment.state) == ("Title 3", State.IN_PROGRESS)


def test_without_a_record_there_is_no_deployment():
    assert fold_history(erase(make_history(), 1, 3)) is None
    assert fold_history(erase(make_history(), 1, 2, 3, 4)) is None


def test_an_erased_removal_goes_on_removing():
    entries = make_history(removed=True)
    left = [*entries[:4], replace(entries[4], submission=Erased(removes=True))]
    assert fold_history(left).is_removed


@given(st.sets(st.integers(1, 4), min_size=1))
def test_whatever_is_erased_erasing_it_again_ends_the_same(versions):
    once = erase(make_history(), *sorted(versions))
    twice = erase(once, *sorted(versions))
    one, other = fold_history(once), fold_history(twice)
    assert (one is None) == (other is None)
    if one is not None:
        assert replace(one, version=0) == replace(other, version=0)


def test_a_gap_is_damage_also_where_something_was_erased():
    entries = erase(make_history(), 1)
    with pytest.raises(Damaged, match="Entry 2 is missing"):
        fold_history([entries[0], *entries[2:]])


def test_a_history_that_begins_with_no_record_is_damage():
    first = make_history()[1]
    wrong = Entry(
        organization_id=ACME,
        deployment_id=first.deployment_id,
        version=1,
        receipt_id=first.receipt_id,
        item=0,
        accepted_at=first.accepted_at,
        recorded_at=first.accepted_at + timedelta(seconds=1),
        submission=first.submission,
    )
    with pytest.raises(Damaged, match="cannot be applied"):
        fold_history([wrong])
