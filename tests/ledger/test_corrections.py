"""Corrections hold over whatever reports say, in whatever order both come, until they are taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from msgspec.structs import replace

from shipledger.ledger.correcting import value_of
from shipledger.ledger.corrections import CORRECTABLE, fields_of, find_in_force
from shipledger.ledger.decide import Situation, decide
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.fold import fold
from shipledger.ledger.history import fold_history
from shipledger.ledger.identity import new_id
from shipledger.ledger.state import State, Tier
from shipledger.ledger.submission import Correct, CorrectedFacts, Environment, Facts, Release, Submission, UndoCorrection
from shipledger.ledger.verdict import Reason, VerdictKind
from tests.support.updates import (
    DEPLOYMENT_ID,
    START,
    TARGET,
    knowledge,
    moments,
    receipt,
    record,
    records,
    report,
    standing,
    submissions,
)

MINUTE = timedelta(minutes=1)
IDS = ("c1", "c2", "c3")


def corrected_facts() -> SearchStrategy[CorrectedFacts]:
    texts = st.sampled_from(["a", "b"])
    values = {
        "started_at": moments(),
        "finished_at": moments(),
        "state": st.sampled_from(State),
        "environment": st.builds(Environment, id=texts, name=texts, tier=st.sampled_from(Tier)),
        "services": st.sampled_from([("a",), ("a", "b")]),
        "version": st.none() | texts,
        "title": st.none() | texts,
        "releases": st.sampled_from([(), (Release(repository="github.com/acme/shop", commit="0c9135c"),)]),
        "is_removed": st.just(True),
    }
    assert set(values) == set(CORRECTABLE)
    return st.fixed_dictionaries({}, optional=values).map(lambda said: CorrectedFacts(**said))


def correct(correction_id: str = "c1", *, seen: int | None = None, **said: Any) -> Correct:
    return Correct("shipledger", TARGET, correction_id, CorrectedFacts(**said), "It was so.", seen=seen)


def undo(correction_id: str = "c1", *, seen: int | None = None) -> UndoCorrection:
    return UndoCorrection("shipledger", TARGET, correction_id, "", seen=seen)


def corrections() -> SearchStrategy[list[Submission]]:
    """Some corrections, of which some are undone after they were made, in order of acceptance."""

    def in_order(drawn: list[CorrectedFacts], undone: list[bool]) -> list[Submission]:
        made = [replace(correct(one), said=said) for one, said in zip(IDS, drawn, strict=False)]
        return [*made, *(undo(one.correction_id) for one, is_undone in zip(made, undone, strict=False) if is_undone)]

    drawn = st.lists(corrected_facts().filter(fields_of), min_size=1, max_size=3)
    return st.builds(in_order, drawn, st.lists(st.booleans(), min_size=3, max_size=3))


def entries_of(updates: Sequence[Submission]) -> list[Entry]:
    """An entry for each, accepted a minute after the one before."""
    return [
        Entry("acme", DEPLOYMENT_ID, place + 1, new_id(START + place * MINUTE, bytes(8)), 0, START + place * MINUTE, START, one)
        for place, one in enumerate(updates)
    ]


def made_of(entries: Sequence[Entry]) -> Deployment:
    numbered = [replace(one, version=place) for place, one in enumerate(entries, start=1)]
    return reduce(fold, numbered[1:], fold(None, numbered[0]))


def after(*updates: Submission) -> Deployment:
    return made_of(entries_of(updates))


@given(records(), st.lists(submissions(), max_size=5), corrections(), st.data())
def test_any_interleaving_of_reports_and_corrections_ends_in_the_same_state(
    first: Submission, reports: list[Submission], made: list[Submission], data: st.DataObject
) -> None:
    history = entries_of([first, *reports, *made])
    # Reports may be settled in any order, and so may corrections: which holds follows from when each was accepted.
    shuffled = [history[0], *data.draw(st.permutations(history[1:]).filter(_undoes_what_is_there))]
    one, other = made_of(history), made_of(shuffled)
    assert (knowledge(one), one.corrections, one.is_removed) == (knowledge(other), other.corrections, other.is_removed)
    assert knowledge(one.as_reported) == knowledge(other.as_reported)


def _undoes_what_is_there(entries: Sequence[Entry]) -> bool:
    made: set[str] = set()
    for entry in entries:
        said = entry.submission
        if isinstance(said, Correct):
            made.add(said.correction_id)
        elif isinstance(said, UndoCorrection) and said.correction_id not in made:
            return False
    return True


@given(records(), st.lists(submissions(), max_size=5), corrections())
def test_undoing_everything_leaves_what_was_reported(
    first: Submission, reports: list[Submission], made: list[Submission]
) -> None:
    undone = [*made, *(undo(one) for one in IDS)]
    plain, back = after(first, *reports), after(first, *undone, *reports)
    assert standing(back) == standing(plain)
    assert (back.course, back.is_removed, back.reported) == (plain.course, False, None)
    assert not find_in_force(back.corrections)


@given(records(), st.lists(submissions(), max_size=5), corrections())
def test_what_was_reported_stands_beside_and_the_correction_holds(
    first: Submission, reports: list[Submission], made: list[Submission]
) -> None:
    corrected, plain = after(first, *made, *reports), after(first, *reports)
    assert standing(corrected.as_reported) == standing(plain)
    assert corrected.as_reported.course == plain.course
    for field, one in find_in_force(corrected.corrections).items():
        if field in ("state", "started_at", "finished_at"):
            continue  # a start after the end, and an end of what runs, are shown otherwise
        assert value_of(corrected, field) == getattr(one.said, field) or field in ("is_removed", "environment")


@given(records(), st.lists(submissions(), max_size=4), corrections())
def test_a_rebuild_makes_the_same(first: Submission, reports: list[Submission], made: list[Submission]) -> None:
    history = entries_of([first, *made, *reports])
    assert fold_history(history) == made_of(history)


def test_a_correction_of_a_corrected_field_replaces_it_and_an_undo_goes_back_to_the_one_before() -> None:
    begun = record(facts=Facts(version="1"))
    both = (begun, correct("c1", version="2"), correct("c2", version="3"))
    assert [after(*history).facts.version for history in (both, (*both, undo("c2")), (*both, undo("c1")))] == ["3", "2", "3"]
    assert after(*both, undo("c2"), undo("c1")).facts.version == "1"


@pytest.mark.parametrize(
    "state, said, expected",
    [
        (State.SUCCESSFUL, {"finished_at": START + 5 * MINUTE}, (State.SUCCESSFUL, START + 5 * MINUTE)),
        (State.IN_PROGRESS, {"finished_at": START + 5 * MINUTE}, (State.IN_PROGRESS, None)),
        (
            State.IN_PROGRESS,
            {"state": State.FAILED, "finished_at": START + MINUTE},
            (State.FAILED, START + MINUTE),
        ),
        (State.FAILED, {"state": State.SUCCESSFUL}, (State.SUCCESSFUL, START)),
        (State.SUCCESSFUL, {"state": State.IN_PROGRESS}, (State.IN_PROGRESS, None)),
        (State.ROLLED_BACK, {"finished_at": START - MINUTE}, (State.ROLLED_BACK, START - MINUTE)),
    ],
)
def test_a_corrected_state_and_end_agree(state: State, said: dict[str, Any], expected: tuple[Any, Any]) -> None:
    deployment = after(record(state=report(state)), correct(**said))
    assert (deployment.state, deployment.finished_at) == expected


def test_a_late_report_does_not_move_what_was_corrected_and_its_sender_is_told() -> None:
    begun = after(record(facts=Facts(started_at=START)), correct(started_at=START + MINUTE))
    late = decide(Situation(begun), receipt(), 0, record(facts=Facts(started_at=START + 2 * MINUTE), order=(9,)), START)
    assert late.verdict.sentence == "A correction by hand holds for started_at."
    assert late.deployment is not None
    assert (late.deployment.started_at, late.deployment.as_reported.started_at) == (START + MINUTE, START + 2 * MINUTE)


@pytest.mark.parametrize(
    "asked, reason",
    [
        (correct("c2", version="2"), Reason.NOTHING_NEW),
        (correct("c2", version="3", seen=0), Reason.CHANGED_MEANWHILE),
        (correct("c2", finished_at=START), Reason.CONTRADICTION),
        (correct("c2", state=State.FAILED), Reason.CONTRADICTION),
        (correct("c2", state=State.FAILED, finished_at=START - timedelta(days=900)), Reason.CONTRADICTION),
        (correct("c2", started_at=START + timedelta(days=400)), Reason.CONTRADICTION),
        (correct("c2", state=State.FAILED, finished_at=START + 2 * MINUTE), Reason.CONTRADICTION),
        (undo("c9"), Reason.UNKNOWN_TARGET),
        (undo("c1", seen=0), Reason.CHANGED_MEANWHILE),
    ],
)
def test_what_cannot_be_is_refused(asked: Submission, reason: Reason) -> None:
    current = after(record(facts=Facts(version="1", started_at=START)), correct("c1", version="2"))
    decision = decide(Situation(current), receipt(), 0, asked, START)
    assert (decision.verdict.kind, decision.verdict.reason, decision.entry) == (VerdictKind.REJECTED, reason, None)
    assert decision.verdict.sentence


def test_an_undo_is_refused_the_second_time() -> None:
    current = after(record(facts=Facts(version="1")), correct("c1", version="2"), undo("c1"))
    assert decide(Situation(current), receipt(), 0, undo("c1"), START).verdict.reason is Reason.NOTHING_NEW


def test_a_deployment_can_be_corrected_so_often_and_no_more() -> None:
    current = after(record(facts=Facts(version="1")), *(correct(f"c{number}", version=f"{number}") for number in range(200)))
    assert decide(Situation(current), receipt(), 0, correct("one", version="x"), START).verdict.reason is Reason.TOO_LARGE
    assert decide(Situation(current), receipt(), 0, undo("c199"), START).verdict.kind is VerdictKind.APPLIED
