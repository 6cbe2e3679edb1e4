"""What credentials are used for, as it is counted in memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shipledger.access.grant import Grant
from shipledger.access.use import UseCounter

NOW = datetime(2026, 3, 4, 10, 20, tzinfo=UTC)
GRANT = Grant(credential_id="c", organization_id="o", kind="native", name="CI", scopes=frozenset())


def test_requests_and_refusals_are_counted_by_hour_and_told_once() -> None:
    counter, told = UseCounter(), []
    counter.tell_new = lambda: told.append(1)
    for minutes, status in ((0, 201), (5, 422), (10, 404), (50, 403)):
        counter.note(GRANT, status=status, address=f"192.0.2.{minutes}", now=NOW + timedelta(minutes=minutes))
    (first, second) = counter.take()["o"]
    assert (first.requests, first.refused, first.last_refusal, first.address) == (3, 1, 422, "192.0.2.10")
    assert (second.requests, second.refused, second.last_refusal) == (1, 1, 403)
    assert (counter.take(), told) == ({}, [1])


@pytest.mark.parametrize(
    "ahead, counted", [(None, 0), (-60.0, 0), (0.5, 0), (1.5, 1_500), (95.0, 95_000), (86_400.0, 0), (10.0**9, 0)]
)
def test_only_times_that_a_wrong_clock_may_give_count_as_ahead(ahead: float | None, counted: int) -> None:
    counter = UseCounter()
    counter.note(GRANT, status=201, address="192.0.2.7", now=NOW)
    counter.note_times("o", "c", [None if ahead is None else NOW + timedelta(seconds=ahead), NOW], now=NOW)
    (use,) = counter.take()["o"]
    assert (use.ahead_ms, use.address, use.requests) == (counted, "192.0.2.7", 1)


def test_memory_is_bounded() -> None:
    counter = UseCounter(remembered=2)
    for place in range(5):
        grant = Grant(credential_id=str(place), organization_id="o", kind="native", name="CI", scopes=frozenset())
        counter.note(grant, status=201, address="", now=NOW)
    assert len(counter.take()["o"]) == 2
