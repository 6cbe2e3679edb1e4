"""What is known of records that are found by names alone, within one batch."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec import Struct
from msgspec.structs import replace

from shipledger.ledger.aggregate import Decided
from shipledger.ledger.by_name import NamedKnowledge, Question, Rules
from shipledger.ledger.submission import Alias
from shipledger.ledger.verdict import Verdict, VerdictKind
from tests.support.factories import ACME, RIVAL, make_receipt

NOW = datetime(2026, 3, 4, tzinfo=UTC)
ONE, TWO, THREE = (Alias("name", key) for key in ("one", "two", "three"))


class Thing(Struct, frozen=True):
    """A record with names."""

    subject_id: str
    names: tuple[Alias, ...]
    number: int = 1
    version: int = 1
    is_removed: bool = False
    organization_id: str = ACME


class Say(Struct, frozen=True):
    """A submission that says which names a record has."""

    subject_id: str
    names: tuple[Alias, ...]
    about: tuple[Alias, ...]


def decide(question: Question) -> Decided:
    known, asked = question.current, question.submission
    entry = question.enter("thing", asked.subject_id, asked, after=known)
    thing = Thing(asked.subject_id, asked.names, known.number if known else question.number, entry.version)
    return Decided(Verdict(kind=VerdictKind.APPLIED), entries=(entry,), states=(thing,))


RULES = Rules(
    "thing",
    lambda asked: asked.names,
    lambda thing: thing.names,
    decide,
    number_of=lambda thing: thing.number,
    about=lambda asked: asked.about,
)


def begin(*things: Thing, numbers=None):
    named = {(thing.organization_id, name): thing for thing in things for name in thing.names}
    knowledge = NamedKnowledge(RULES, named, numbers or {})
    return knowledge, knowledge.begin({}, is_guarded=True)


def say(working, subject_id, *names, about=None, owner=ACME):
    receipt = make_receipt(organization_id=owner)
    decided = working.decide(receipt, 3, Say(subject_id, names, about or names), NOW)
    working.put(decided)
    return decided


def test_what_a_batch_has_recorded_is_found_by_all_its_names_and_no_more_by_those_it_gave_up():
    _, working = begin(Thing("a", (ONE, TWO), number=4), numbers={ACME: 4})
    (after,) = say(working, "a", TWO, THREE, about=(ONE,)).states
    assert after == Thing("a", (TWO, THREE), number=4, version=2)
    assert [working.find_named(ACME, name) for name in (ONE, TWO, THREE)] == [None, after, after]
    assert working.find_named(RIVAL, TWO) is None
    (other,) = say(working, "b", ONE).states
    assert other == Thing("b", (ONE,), number=5)
    assert working.find_named(ACME, ONE) == other


def test_a_name_that_another_took_meanwhile_stays_with_it():
    _, working = begin(Thing("a", (ONE, TWO)), numbers={ACME: 1})
    (other,) = say(working, "b", ONE, about=(THREE,)).states
    say(working, "a", TWO, about=(TWO,))
    assert working.find_named(ACME, ONE) == other


def test_what_was_removed_is_found_no_more():
    _, working = begin(Thing("a", (ONE,), is_removed=True))
    assert working.find_named(ACME, ONE) is None
    assert working.list_known(make_receipt(), Say("a", (ONE,), (ONE,))) == []
    assert say(working, "b", ONE).states == (Thing("b", (ONE,)),)


def test_what_a_submission_is_about_is_told_from_what_it_names():
    known = Thing("a", (ONE,))
    _, working = begin(known)
    assert working.list_concerned(make_receipt(), Say("b", (ONE,), (TWO,))) == []
    assert working.list_known(make_receipt(), Say("b", (TWO,), (ONE,))) == [known]


def test_the_question_tells_all_that_the_decision_needs():
    asked = []

    def note(question: Question) -> Decided:
        asked.append(question)
        return Decided(Verdict(kind=VerdictKind.DUPLICATE))

    known, receipt = Thing("a", (ONE,), version=7), make_receipt()
    submission = Say("a", (ONE, TWO), (ONE,))
    rules = Rules("thing", RULES.names_in, RULES.known_by, note)
    NamedKnowledge(rules, {(ACME, ONE): known}, {ACME: 6}).begin({}, is_guarded=True).decide(receipt, 2, submission, NOW)
    (question,) = asked
    assert question.list_peers() == [known]
    assert replace(question, list_peers=list) == Question(known, receipt, 2, submission, 7, NOW, {ONE: known})


@pytest.mark.parametrize("subject_id, version", [("a", 3), ("b", 5)])
def test_a_record_is_known_at_its_version(subject_id, version):
    things = [Thing("a", (ONE,), version=3), Thing("b", (TWO,), version=5), Thing("b", (ONE,), version=9, organization_id=RIVAL)]
    knowledge, _ = begin(*things)
    assert knowledge.version_of((ACME, subject_id)) == version
    assert knowledge.records == things


def test_numbers_are_those_of_the_organization():
    _, working = begin(Thing("a", (ONE,), number=2), numbers={ACME: 6, RIVAL: 1})
    numbers = [
        say(working, f"n{place}", Alias("n", str(place)), owner=owner).states[0].number
        for place, owner in enumerate([ACME, ACME])
    ]
    assert numbers == [7, 8]
    assert working.decide(make_receipt(organization_id=RIVAL), 0, Say("z", (THREE,), (THREE,)), NOW).states[0].number == 2
