"""Times as people write them on a command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import typer

from shipledger.cli.moments import read_moment, to_period

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)
DAY = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text, since",
    [
        ("90s", NOW - timedelta(seconds=90)),
        ("45m", NOW - timedelta(minutes=45)),
        ("45min", NOW - timedelta(minutes=45)),
        (" 2H ", NOW - timedelta(hours=2)),
        ("3d", NOW - timedelta(days=3)),
        ("1w", NOW - timedelta(weeks=1)),
        ("1d12h", NOW - timedelta(hours=36)),
        ("0s", NOW),
        ("999999999w", datetime(1970, 1, 1, tzinfo=UTC)),
        ("2026-03-01", DAY),
        ("2026-03-01T00:00:00Z", DAY),
        ("2026-03-01 01:00+01", DAY),
        ("20260301T0000Z", DAY),
        ("0001-01-01", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_how_long_ago_and_when_are_read(text: str, since: datetime) -> None:
    assert to_period(read_moment(text), None, now=NOW).since == since


def test_a_date_ends_with_its_day() -> None:
    until = to_period(None, read_moment("2026-03-01"), now=NOW).until
    assert until == DAY + timedelta(days=1) - timedelta(microseconds=1)
    assert to_period(None, read_moment("2026-03-01T00:00Z"), now=NOW).until == DAY


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2", "2 years", "h", "-2h", "2h-", "2026-02-30", "2026-03-01T25:00Z", "٣d", "1e3s"]
)
def test_what_is_no_time_is_refused_with_examples(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is not a time; write an age such as 90m, 2h, 3d or 1w"):
        read_moment(text)
