"""What was known of a record at a moment follows from when its entries were recorded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shipledger.catalog.services.aggregate import SERVICES
from shipledger.catalog.services.model import ChangeService, DeclareService, RemoveService, ServiceFacts
from shipledger.ledger.actor import parse_actor
from shipledger.ledger.aggregate import RecordEntry
from shipledger.ledger.erasure import Erased
from shipledger.ledger.history import fold_history
from shipledger.ledger.past import FINAL_AFTER, fold_all_as_of, fold_as_of, is_final, known_by
from shipledger.ledger.state import State
from shipledger.ledger.submission import Facts, Mark, Target
from tests.support.factories import decide_receipt, make_change, make_receipt, make_record, make_removal, moment


def make_history():
    """A deployment that began, succeeded, was marked and removed, each told at another moment."""
    entries, current = [], None
    for number, make in enumerate(
        (
            lambda _: make_record(1),
            lambda one: make_change(one, State.SUCCESSFUL, at=moment(2)),
            lambda one: Mark(source="native", target=Target(key=one.deployment_id), facts=Facts(note="Paged"), order=(30,)),
            make_removal,
        )
    ):
        settled, current = decide_receipt(make_receipt(10 * (number + 1)), make(current), current)
        entries += [replace(entry, recorded_at=moment(10 * (number + 1))) for entry in settled.entries]
    return entries


def test_a_record_is_known_as_it_was_and_neither_before_nor_after():
    history = make_history()
    assert [
        (known := fold_as_of(history, moment(second), fold_history)) and (known.state, known.facts.note or None)
        for second in (9, 10, 19, 20, 30, 39, 40)
    ] == [
        None,
        (State.IN_PROGRESS, None),
        (State.IN_PROGRESS, None),
        (State.SUCCESSFUL, None),
        (State.SUCCESSFUL, "Paged"),
        (State.SUCCESSFUL, "Paged"),
        None,
    ]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.integers(0, 9), st.integers(0, 9))
def test_what_is_recorded_later_changes_no_answer_about_before(seconds, asked, later):
    entries = [replace(make_history()[0], version=version, recorded_at=moment(at)) for version, at in enumerate(seconds, 1)]
    further = replace(entries[-1], version=len(entries) + 1, recorded_at=moment(asked + 1 + later))
    assert known_by([*entries, further], moment(asked)) == known_by(entries, moment(asked))


def test_what_is_erased_is_gone_from_the_past():
    history = make_history()
    erased = [*history[:2], replace(history[2], submission=Erased()), history[3]]
    known = fold_as_of(erased, moment(35), fold_history)
    assert known is not None
    assert not known.facts.note


@pytest.mark.parametrize(
    "actor, began, asked, known, as_entered",
    [
        ("credential:1", 5, 9, 0, False),
        ("credential:1", 5, 10, 1, False),
        ("migration:services", 5, 4, 0, False),
        ("migration:services", 5, 5, 1, True),
        ("migration:services", None, 0, 1, True),
        ("migration:services", 5, 10, 1, False),
        ("migration:services", 5, 30, 0, False),
    ],
)
def test_what_an_upgrade_entered_was_there_before_as_it_was_entered(actor, began, asked, known, as_entered):
    declared = DeclareService("1", "Till", created_at=None if began is None else moment(began))
    actors = parse_actor(actor), None, None
    history = [
        RecordEntry("service", "acme", "1", version, f"r{version}", 0, moment(second), moment(second), said, actors[version - 1])
        for version, second, said in (
            (1, 10, declared),
            (2, 20, ChangeService("1", ServiceFacts(name="Shop"))),
            (3, 30, RemoveService("1")),
        )
    ]
    past = fold_all_as_of([history], moment(asked), SERVICES)
    assert (len(past.records), past.is_as_entered) == (known, as_entered)
    assert [one.draft.name for one in fold_all_as_of([history], moment(20), SERVICES).records] == ["Shop"]
    assert all(one.draft.name == "Till" for one in past.records)


def test_all_that_an_upgrade_entered_of_a_record_counts_before_it():
    upgrade = parse_actor("migration:services")
    said = DeclareService("1", "Till"), ChangeService("1", map=("h/a/b",)), ChangeService("1", ServiceFacts(name="Shop"))
    actors = upgrade, upgrade, parse_actor("command:service")
    history = [
        RecordEntry("service", "acme", "1", version, f"r{version}", 0, moment(10), moment(10 * version), one, actor)
        for version, (one, actor) in enumerate(zip(said, actors, strict=True), 1)
    ]
    for asked, as_entered in ((5, True), (10, False)):
        past = fold_all_as_of([history], moment(asked), SERVICES)
        (known,) = past.records
        assert (known.draft.name, known.repositories, past.is_as_entered) == (
            "Till",
            ("h/a/b",) if as_entered else (),
            as_entered,
        )


@pytest.mark.parametrize("seconds, final", [(-61, True), (-60, True), (-59, False), (0, False), (60, False)])
def test_an_answer_is_final_when_no_transaction_of_then_can_be_under_way(seconds, final):
    assert timedelta(seconds=60) == FINAL_AFTER
    assert is_final(moment(100) + timedelta(seconds=seconds), moment(100)) is final
