"""Settlement holds back while many senders press, and no longer."""

from __future__ import annotations

import pytest

from shipledger.ingestion.pressure import Pressure


class Watch:
    """A monotonic clock that stands still unless told."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def pressed_by(batch_size: int, *, commits: int = 1_000) -> tuple[Pressure, Watch]:
    """After so many commits of one size: the average that counts is all but that size."""
    watch = Watch()
    pressure = Pressure(watch)
    for _ in range(commits):
        pressure.note_commit(batch_size)
    return pressure, watch


@pytest.mark.parametrize("size, rests", [(47, False), (49, True), (4_096, True)])
def test_settlement_rests_while_commits_are_shared_by_many(size, rests):
    assert (pressed_by(size)[0].rest_seconds(0.01) > 0) is rests


def test_it_takes_15_percent_of_the_time_and_rests_a_quarter_of_a_second_at_most():
    pressure, _ = pressed_by(512)
    assert pressure.rest_seconds(0.03) == pytest.approx(0.17)
    assert pressure.rest_seconds(1.0) == 0.25


def test_it_does_not_rest_when_nothing_was_committed_of_late():
    assert Pressure(Watch()).rest_seconds(1.0) == 0
    pressure, watch = pressed_by(512)
    watch.seconds = 0.0999
    assert pressure.rest_seconds(1.0) > 0
    watch.seconds = 0.1
    assert pressure.rest_seconds(1.0) == 0


def test_one_large_commit_is_no_crowd_and_a_few_are():
    rests = [pressed_by(100, commits=count)[0].rest_seconds(1.0) > 0 for count in (1, 2, 3, 4)]
    assert rests == [False, False, True, True]
