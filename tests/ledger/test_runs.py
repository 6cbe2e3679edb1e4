"""Runs of one deployment: as many as there were, whole, whatever order their reports arrive in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from shipledger.clock import to_microseconds
from shipledger.ledger.deployment import Deployment, end_alias, external_alias, start_alias
from shipledger.ledger.history import fold_history
from shipledger.ledger.identity import derive_id, new_id
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.runs import RUN_LIMIT
from shipledger.ledger.state import PHASES, SEVERITIES, State, is_final
from shipledger.ledger.submission import Alias, ChangeState, Facts, RecordDeployment, StateReport, Submission, Target
from shipledger.ledger.verdict import VerdictKind
from tests.support.series import Series

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
SERIES = Alias(scope="opsgenie:repeat", key="one")
NAMED = external_alias("opsgenie", "v1")


def at(minute: float) -> datetime:
    return MIDNIGHT + timedelta(minutes=minute)


class Sent(Struct, frozen=True):
    """One report: a record when ``start`` is given, else a state report that names the external id.

    ``has_no_start``: a record that says only when it ended.
    """

    state: State
    start: float | None = None
    at: float | None = None
    has_no_start: bool = False


def started(start: float) -> Sent:
    return Sent(State.IN_PROGRESS, start=start)


def ended(start: float, end: float, state: State = State.SUCCESSFUL) -> Sent:
    return Sent(state, start=start, at=end)


def finished(end: float, state: State = State.SUCCESSFUL) -> Sent:
    return Sent(state, at=end)


def only_ended(end: float, state: State = State.SUCCESSFUL) -> Sent:
    return Sent(state, start=end, at=end, has_no_start=True)


def deliver(sent: Sequence[Sent]) -> Series:
    """The deployments after ``sent``, in this order of arrival."""
    return list(deliveries(sent))[-1]


def deliveries(sent: Sequence[Sent]) -> Iterator[Series]:
    """The deployments after each of ``sent``."""
    series = Series()
    for number, one in enumerate(sent):
        accepted_at = at(10_000) + timedelta(seconds=number)
        receipt = Receipt(
            organization_id="acme",
            receipt_id=new_id(accepted_at, b"12345678"),
            credential_id="credential",
            protocol="opsgenie",
            operation="create",
            parameters={},
            body="{}",
            accepted_at=accepted_at,
        )
        series.settle(receipt, [to_submission(receipt, one)], accepted_at)
        yield series


def to_submission(receipt: Receipt, sent: Sent) -> Submission:
    reported_at = None if sent.at is None else at(sent.at)
    event_at = reported_at or at(sent.start or 0)
    report = StateReport(
        state=sent.state,
        original=sent.state,
        order=(PHASES[sent.state], to_microseconds(event_at), SEVERITIES[sent.state]),
        reported_at=reported_at,
    )
    if sent.start is None:
        return ChangeState(source="opsgenie", target=Target(scope=NAMED.scope, key=NAMED.key), state=report)
    return RecordDeployment(
        source="opsgenie",
        deployment_id=derive_id(receipt.receipt_id, 0, "deployment"),
        identities=((end_alias if sent.has_no_start else start_alias)(SERIES, at(sent.start)),),
        series=SERIES,
        run_started_at=None if sent.has_no_start else at(sent.start),
        has_no_start=sent.has_no_start,
        facts=Facts(external_id="v1"),
        order=(to_microseconds(receipt.accepted_at),),
        assumed=Facts(started_at=at(sent.start)),
        assumed_order=(-to_microseconds(at(sent.start)),),
        state=report,
    )


def tell(series: Series) -> list[tuple[float, float | None, State]]:
    """Start, finish and state of each run, in minutes."""
    return [(minutes(run.started_at), minutes(run.finished_at), run.state) for run in series.runs()]


def minutes(moment: datetime | None) -> float | None:
    return None if moment is None else (moment - MIDNIGHT).total_seconds() / 60


WAYS: tuple[Callable[[float, float, State], list[Sent]], ...] = (
    lambda start, end, state: [ended(start, end, state)],
    lambda start, end, state: [started(start), finished(end, state)],
    lambda start, end, state: [started(start), only_ended(end, state)],
)
"""How senders report a run that has ended."""


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[tuple[float, float | None, State]], list[Sent]]:
    """Runs one after the other, the last perhaps still going on, and what their sender reports of them."""
    runs: list[tuple[float, float | None, State]] = []
    sent: list[Sent] = []
    clock = 0
    count = draw(st.integers(1, 4))
    for number in range(count):
        start = clock + draw(st.integers(1, 3))
        end = start + draw(st.integers(0, 3))
        clock = end
        is_going_on = number == count - 1 and draw(st.booleans())
        state = State.IN_PROGRESS if is_going_on else draw(st.sampled_from([State.SUCCESSFUL, State.FAILED]))
        runs.append((start, None if is_going_on else end, state))
        if is_going_on:
            sent.append(started(start))
        else:
            sent += draw(st.sampled_from(WAYS))(start, end, state)
        if draw(st.booleans()):
            sent.append(started(start))
    return runs, sent


@given(histories(), st.data())
def test_n_runs_are_n_deployments_in_every_order_of_arrival(
    history: tuple[list[tuple[float, float | None, State]], list[Sent]], data: st.DataObject
) -> None:
    runs, sent = history
    arrived = data.draw(st.permutations(sent).filter(lambda one: one[0].start is not None))
    series = deliver(arrived)
    assert tell(series) == runs
    newest = series.newest(NAMED)
    assert newest is not None
    assert minutes(newest.started_at) == runs[-1][0]


@given(histories(), st.data())
def test_sending_again_makes_no_further_run(
    history: tuple[list[tuple[float, float | None, State]], list[Sent]], data: st.DataObject
) -> None:
    runs, sent = history
    repeats = data.draw(st.lists(st.sampled_from(sent), max_size=4))
    arrived = data.draw(st.permutations([*sent, *repeats]).filter(lambda one: one[0].start is not None))
    assert tell(deliver(arrived)) == runs


SENT = st.one_of(
    st.builds(started, st.integers(0, 9)),
    st.builds(
        lambda start, lasts, state: ended(start, start + lasts, state),
        st.integers(0, 9),
        st.integers(0, 3),
        st.sampled_from([State.SUCCESSFUL, State.FAILED]),
    ),
    st.builds(finished, st.integers(0, 12), st.sampled_from([State.SUCCESSFUL, State.FAILED, State.IN_PROGRESS])),
    st.builds(only_ended, st.integers(0, 12), st.sampled_from([State.SUCCESSFUL, State.FAILED])),
)


@given(st.lists(SENT, min_size=1, max_size=7).filter(lambda sent: sent[0].start is not None))
def test_whatever_is_sent_a_finished_run_stays_finished_and_no_start_passes_an_end(sent: list[Sent]) -> None:
    before: dict[str, Deployment] = {}
    for series in deliveries(sent):
        after = {run.deployment_id: run for run in series.runs()}
        if "they were moved there" not in series.verdicts[-1].sentence:
            assert all(is_final(after[key].state) for key, run in before.items() if is_final(run.state))
        before = after
        for run in after.values():
            times = run.times
            ended_early = times.first_end_at is not None and times.first_end_at < (times.first_start_at or MIDNIGHT)
            assert ended_early or run.finished_at is None or run.started_at is None or run.started_at <= run.finished_at


@given(st.lists(SENT, min_size=1, max_size=7).filter(lambda sent: sent[0].start is not None))
def test_the_entries_of_each_run_alone_give_the_run(sent: list[Sent]) -> None:
    series = deliver(sent)
    for place, deployment in series.deployments.items():
        assert fold_history(series.entries[place]) == deployment


def test_a_rollback_under_the_name_of_a_version_is_a_new_deployment() -> None:
    series = deliver([started(0), finished(5), started(60), finished(64)])
    assert tell(series) == [(0, 5, State.SUCCESSFUL), (60, 64, State.SUCCESSFUL)]
    assert "Recorded as a new run" in series.verdicts[2].sentence


@pytest.mark.parametrize("again", [started(0), started(3), ended(0, 5), ended(5, 5)])
def test_a_retry_is_the_same_deployment(again: Sent) -> None:
    assert [run[:2] for run in tell(deliver([started(0), finished(5), again]))] == [(0, 5)]


def test_a_record_of_the_end_with_a_start_of_its_own_ends_the_run_that_goes_on() -> None:
    series = deliver([started(0), ended(4, 5)])
    assert tell(series) == [(0, 5, State.SUCCESSFUL)]
    assert "The earlier start is kept" in series.verdicts[1].sentence


def test_a_run_that_nobody_ended_is_over_after_a_day() -> None:
    day = RUN_LIMIT.total_seconds() / 60
    assert len(deliver([started(0), started(day)]).runs()) == 1
    assert tell(deliver([started(0), started(day + 1)])) == [(0, None, State.IN_PROGRESS), (day + 1, None, State.IN_PROGRESS)]


def test_an_end_that_arrives_late_parts_two_runs_that_were_taken_for_one() -> None:
    series = deliver([started(0), started(60)])
    assert len(series.runs()) == 1
    again = deliver([started(0), started(60), finished(5)])
    assert tell(again) == [(0, 5, State.SUCCESSFUL), (60, None, State.IN_PROGRESS)]
    assert again.verdicts[-1].kind is VerdictKind.APPLIED
    assert "they were moved there" in again.verdicts[-1].sentence


def test_an_end_that_overtook_its_record_moves_to_the_run_that_it_ended() -> None:
    series = deliver([started(0), finished(5), finished(64), started(60)])
    assert tell(series) == [(0, 5, State.SUCCESSFUL), (60, 64, State.SUCCESSFUL)]
    earlier = series.runs()[0].deployment_id
    assert f"Recorded as a new run: it starts after the earlier run {earlier} ended." in series.verdicts[-1].sentence


def test_an_end_without_a_start_is_about_the_run_that_had_started_last_even_when_that_has_ended() -> None:
    series = deliver([started(0), only_ended(5), only_ended(9, State.FAILED)])
    assert tell(series) == [(0, 5, State.FAILED)]


@pytest.mark.parametrize("sent", list(permutations([only_ended(5), only_ended(9, State.FAILED), started(1)])))
def test_an_end_without_a_start_waits_for_the_record_of_its_start(sent: tuple[Sent, ...]) -> None:
    assert tell(deliver(sent)) == [(1, 5, State.FAILED)]


@pytest.mark.parametrize("sent", list(permutations([only_ended(5), started(8), only_ended(9)])))
def test_a_start_after_an_end_without_a_start_is_another_run(sent: tuple[Sent, ...]) -> None:
    assert tell(deliver(sent)) == [(5, 5, State.SUCCESSFUL), (8, 9, State.SUCCESSFUL)]


def test_an_end_without_a_start_long_after_the_end_is_another_run() -> None:
    day = RUN_LIMIT.total_seconds() / 60
    for sent in permutations([only_ended(5), only_ended(day + 6)]):
        assert [run[0] for run in tell(deliver(sent))] == [5, day + 6]
    for sent in permutations([started(0), only_ended(5), only_ended(day + 5), only_ended(day * 3)]):
        series = deliver(sent)
        assert [run[0] for run in tell(series)] == [0, day * 3]
    assert len(deliver([started(0), only_ended(day * 3)]).runs()) == 1
