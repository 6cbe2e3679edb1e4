"""How far ahead of our clock that of a caller may be who asks what the ledger knows now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.datastructures import QueryParams

from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.past import AS_OF, read_as_of

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)


@pytest.mark.parametrize("ahead, is_taken", [(-1, True), (0, True), (60_000_000, True), (60_000_001, False)], ids=str)
def test_it_may_be_a_minute_ahead_and_no_more(ahead: int, is_taken: bool) -> None:
    moment = NOW + timedelta(microseconds=ahead)
    asked = Parameters(QueryParams({AS_OF: moment.isoformat()}), [AS_OF])
    assert read_as_of(asked, NOW) == (moment if is_taken else None)
    assert asked.faults == ({} if is_taken else {AS_OF: "should not be in the future; here it is 2026-03-04T10:00:00.000Z"})


def test_without_it_today_is_meant() -> None:
    assert read_as_of(Parameters(QueryParams(), [AS_OF]), NOW) is None
