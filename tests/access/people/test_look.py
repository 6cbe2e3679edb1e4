"""Since when somebody is shown what changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shipledger.access.people.look import GONE_AFTER, NEVER, Look, is_worth_noting, look_again

START = datetime(2026, 3, 29, tzinfo=UTC)


@given(st.lists(st.integers(0, 6 * 3600), max_size=30))
def test_it_is_the_last_look_of_the_visit_before(pauses: list[int]) -> None:
    """Told apart from a list of all looks, which nobody keeps."""
    looks = [START]
    for pause in pauses:
        looks.append(looks[-1] + timedelta(seconds=pause))
    known: Look | None = None
    for at in looks:
        known = look_again(known, at)
    breaks = [before for before, after in pairwise(looks) if after - before >= GONE_AFTER]
    assert known == Look(since=breaks[-1] if breaks else NEVER, seen_at=looks[-1])


def test_a_clock_that_goes_back_moves_nothing() -> None:
    known = Look(since=START, seen_at=START + timedelta(hours=1))
    assert look_again(known, START) == known


def test_looks_of_one_minute_are_written_once() -> None:
    known = look_again(None, START)
    assert is_worth_noting(None, known)
    assert not is_worth_noting(known, look_again(known, START + timedelta(seconds=59)))
    assert is_worth_noting(known, look_again(known, START + timedelta(seconds=60)))
    assert is_worth_noting(known, look_again(known, START + GONE_AFTER))
