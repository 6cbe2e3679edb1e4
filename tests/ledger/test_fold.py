"""The fold is a join: neither the order nor the repetition of updates counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.fold import fold, join
from shipledger.ledger.state import PHASES, State, is_final
from shipledger.ledger.submission import ChangeState, Facts, Remove, Submission
from tests.support.updates import (
    DEPLOYMENT_ID,
    RECEIPT_ID,
    SOURCE,
    START,
    TARGET,
    additions,
    changes,
    knowledge,
    record,
    records,
    report,
    retell,
    settle,
    standing,
    starts_with_a_record,
    submissions,
)

HISTORIES = st.builds(lambda first, rest: [first, *rest], records(), st.lists(submissions(), max_size=6))
GROWING = st.builds(lambda first, rest: [first, *rest], records(replaces=st.just(False)), st.lists(additions(), max_size=5))


def entry(submission: Submission, *, version: int = 1, recorded_at: datetime = START) -> Entry:
    return Entry(
        organization_id="acme",
        deployment_id=DEPLOYMENT_ID,
        version=version,
        receipt_id=RECEIPT_ID,
        item=0,
        accepted_at=START,
        recorded_at=recorded_at,
        submission=submission,
    )


def known(history: list[Submission]) -> Deployment:
    deployment, _ = settle(history)
    assert deployment is not None
    return deployment


def merge(left: Deployment, right: Deployment) -> Deployment:
    merged, _ = settle(retell(right), left)
    assert merged is not None
    return merged


@given(HISTORIES, st.data())
def test_any_permutation_of_the_updates_ends_in_the_same_state(history: list[Submission], data: st.DataObject) -> None:
    permuted = data.draw(st.permutations(history).filter(starts_with_a_record))
    assert knowledge(known(permuted)) == knowledge(known(history))


@given(HISTORIES, st.data())
def test_any_repetition_of_the_updates_ends_in_the_same_state(history: list[Submission], data: st.DataObject) -> None:
    repeats = data.draw(st.lists(st.sampled_from(history), max_size=6))
    shuffled = data.draw(st.permutations([*history, *repeats]).filter(starts_with_a_record))
    assert knowledge(known(shuffled)) == knowledge(known(history))


@given(HISTORIES)
def test_the_appended_entries_alone_give_the_deployment(history: list[Submission]) -> None:
    settled, decisions = settle(history)
    rebuilt: Deployment | None = None
    for decision in decisions:
        if decision.entry is not None:
            rebuilt = fold(rebuilt, decision.entry)
    assert rebuilt == settled
    versions = [decision.entry.version for decision in decisions if decision.entry is not None]
    assert versions == list(range(1, len(versions) + 1))


@given(GROWING, GROWING)
def test_joining_is_commutative(left: list[Submission], right: list[Submission]) -> None:
    a, b = known(left), known(right)
    assert standing(merge(a, b)) == standing(merge(b, a))


@given(GROWING, GROWING, GROWING)
def test_joining_is_associative(left: list[Submission], middle: list[Submission], right: list[Submission]) -> None:
    a, b, c = known(left), known(middle), known(right)
    assert standing(merge(merge(a, b), c)) == standing(merge(a, merge(b, c)))


@given(GROWING)
def test_joining_is_idempotent(history: list[Submission]) -> None:
    deployment = known(history)
    assert standing(merge(deployment, deployment)) == standing(deployment)


@given(HISTORIES, submissions())
def test_an_update_that_raises_nothing_changes_nothing(history: list[Submission], update: Submission) -> None:
    deployment = known(history)
    joined = join(deployment, entry(update))
    assert joined.raised == (knowledge(joined.deployment) != knowledge(deployment))
    if not joined.raised:
        assert joined.deployment == deployment
        assert not joined.changed


@given(HISTORIES, submissions())
def test_what_an_update_said_is_told_apart_completely(history: list[Submission], update: Submission) -> None:
    joined = join(known(history), entry(update))
    assert not joined.changed & joined.confirmed
    assert not joined.changed & joined.lost
    assert not joined.confirmed & joined.lost


@given(st.sampled_from([state for state in State if is_final(state)]), st.lists(st.sampled_from(State), max_size=5), st.data())
def test_a_late_report_of_a_lower_phase_never_reopens_a_finished_deployment(
    final: State, late: list[State], data: st.DataObject
) -> None:
    days = st.integers(-4_000, 4_000)
    reports = [report(state, START + timedelta(days=data.draw(days))) for state in late if not is_final(state)]
    deployment, _ = settle(
        [record(state=report(final)), *(ChangeState(source=SOURCE, target=TARGET, state=each) for each in reports)]
    )
    assert deployment is not None
    assert deployment.state == final
    assert deployment.ended_at == START


@given(st.permutations([State.PENDING, State.IN_PROGRESS, State.SUCCESSFUL, State.IN_PROGRESS, State.PENDING]))
def test_the_highest_phase_wins_whatever_arrives_first(states: list[State]) -> None:
    first, *rest = (report(state, START + timedelta(minutes=step)) for step, state in enumerate(states))
    deployment, _ = settle([record(state=first), *(ChangeState(source=SOURCE, target=TARGET, state=each) for each in rest)])
    assert deployment is not None
    assert PHASES[deployment.state] == PHASES[State.SUCCESSFUL]


def test_the_pages_own_sequence_ends_successful() -> None:
    completed_at = datetime(2019, 11, 7, 11, 26, 31, tzinfo=UTC)
    deployment, decisions = settle(
        [
            record(state=report(State.IN_PROGRESS, datetime(2020, 3, 26, 14, 5, 7, 594_000, tzinfo=UTC))),
            ChangeState(source=SOURCE, target=TARGET, state=report(State.SUCCESSFUL, completed_at)),
        ]
    )
    assert deployment is not None
    assert deployment.state == State.SUCCESSFUL
    assert deployment.ended_at == completed_at
    assert [decision.verdict.kind for decision in decisions] == ["applied", "applied"]


@pytest.mark.parametrize(
    "earlier, later, winner",
    [
        (State.SUCCESSFUL, State.FAILED, State.FAILED),
        (State.FAILED, State.SUCCESSFUL, State.SUCCESSFUL),
        (State.ROLLED_BACK, State.SUCCESSFUL, State.SUCCESSFUL),
    ],
)
def test_between_two_final_reports_the_later_one_wins(earlier: State, later: State, winner: State) -> None:
    reports = [report(earlier), report(later, START + timedelta(seconds=1))]
    for first, second in (reports, reversed(reports)):
        deployment, _ = settle([record(state=first), ChangeState(source=SOURCE, target=TARGET, state=second)])
        assert deployment is not None
        assert deployment.state == winner


@given(st.permutations([State.FAILED, State.ROLLED_BACK, State.CANCELLED, State.SUCCESSFUL]))
def test_at_equal_times_the_greater_severity_wins(states: list[State]) -> None:
    deployment, _ = settle(
        [record(state=report(states[0])), *(ChangeState(source=SOURCE, target=TARGET, state=report(each)) for each in states[1:])]
    )
    assert deployment is not None
    assert deployment.state == State.FAILED


@given(st.booleans(), st.booleans())
def test_a_deployment_that_any_record_calls_managed_elsewhere_is_so(left: bool, right: bool) -> None:
    records_of_both = [record(is_managed_elsewhere=left), record(is_managed_elsewhere=right, order=(2,))]
    forward, _ = settle(records_of_both)
    backward, _ = settle(reversed(records_of_both))
    assert knowledge(forward) == knowledge(backward)
    assert forward is not None
    assert forward.is_managed_elsewhere == (left or right)


@given(changes())
def test_a_history_that_does_not_begin_with_its_record_is_a_programming_fault(change: Submission) -> None:
    with pytest.raises(ValueError, match="begins with"):
        fold(None, entry(change))


def test_a_record_that_replaces_withdraws_what_it_does_not_say() -> None:
    whole = record(facts=Facts(title="two"), order=(2,), replaces=True)
    for updates in ([record(facts=Facts(title="one", url="u")), whole], [whole, record(facts=Facts(title="one", url="u"))]):
        assert known(updates).facts == Facts(title="two")


@given(HISTORIES)
def test_removing_again_changes_nothing_and_leaves_no_name(history: list[Submission]) -> None:
    removed = known([*history, Remove(source=SOURCE, target=TARGET)])
    assert removed.is_removed
    assert removed.aliases == frozenset()
    assert not join(removed, entry(Remove(source=SOURCE, target=TARGET))).raised


def test_a_deployment_was_recorded_at_its_first_entry_and_updated_at_its_last() -> None:
    first = fold(None, entry(record(), recorded_at=START))
    amended = fold(first, entry(record(order=(9,)), version=2, recorded_at=START + timedelta(hours=1)))
    assert (amended.version, amended.recorded_at, amended.updated_at) == (2, START, START + timedelta(hours=1))
