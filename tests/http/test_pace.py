from __future__ import annotations

import pytest

from shipledger.http.pace import Pace


@pytest.mark.parametrize(
    "sent, ends_at",
    [
        pytest.param([], 10, id="nothing may come for a while"),
        pytest.param([(1, 100)], 11, id="a hundred bytes buy a second"),
        pytest.param([(1, 1_000_000)], 11, id="and a million no more than the whole while"),
        pytest.param([(9, 10), (10, 10), (10.1, 10)], 10.3, id="what drips has an end"),
        pytest.param([(second, 100) for second in range(1, 100)], 109, id="what keeps the pace has none"),
    ],
)
def test_bytes_buy_time_but_not_to_stand_still(sent, ends_at):
    pace = Pace(10, 100, 0)
    for at, count in sent:
        assert at < pace.ends_at
        pace.note(count, at)
    assert pace.ends_at == pytest.approx(ends_at)


def test_what_could_not_come_has_the_whole_while_again():
    pace = Pace(10, 100, 0)
    pace.rest(50)
    assert pace.ends_at == 60
