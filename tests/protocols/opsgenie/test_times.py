from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.protocols.opsgenie.times import parse_query_time, parse_time
from shipledger.protocols.times import format_time

MOMENT = datetime(2020, 3, 26, 14, 5, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("2020-03-26T14:05:07.594Z", MOMENT.replace(microsecond=594_000)),
        ("2020-03-26T14:05:07.91Z", MOMENT.replace(microsecond=910_000)),
        ("2020-03-26T14:05:07.123456789Z", MOMENT.replace(microsecond=123_456)),
        ("2020-03-26T14:05:07Z", MOMENT),
        ("2020-03-26T16:05:07+02:00", MOMENT),
        ("2020-03-26T16:05:07+0200", MOMENT),
        ("2020-03-26T08:35:07-05:30", MOMENT),
        ("2020-03-26T14:05:07", MOMENT),
        ("2020-03-26 14:05:07Z", MOMENT),
        ("2020-03-26t14:05:07z", MOMENT),
        ("2020-03-26T14:05Z", MOMENT.replace(second=0)),
        ("2020-03-26T14:05:60Z", MOMENT.replace(second=59)),
        ("1969-12-31T23:59:59.999Z", datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)),
        ("9999-12-31T23:59:59.999Z", datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)),
        ("2020-02-29T00:00:00.000Z", datetime(2020, 2, 29, tzinfo=UTC)),
        ("2020-03-26T14:05:07.594123Z", MOMENT.replace(microsecond=594_123)),
        ("2020-03-26T14:05:07.5940000Z", MOMENT.replace(microsecond=594_000)),
        ("2020-03-26T14:05:07.1234567890123Z", MOMENT.replace(microsecond=123_456)),
        ("2020-03-26T14:05:07,594000000+00:00", MOMENT.replace(microsecond=594_000)),
        ("2020-03-26T14:05+00:00", MOMENT.replace(second=0)),
        ("2020-03-26T14+00:00", MOMENT.replace(minute=0, second=0)),
        ("2020-03-26T16:05:07+02", MOMENT),
        ("2020-03-26T14:05:07-00:00", MOMENT),
        ("2020-03-26T14:05:07+0000", MOMENT),
        ("2020-03-26T09:05:07\N{MINUS SIGN}05:00", MOMENT),
        ("2020-03-26T14:35:07+00:30:00", MOMENT),
        ("2020-03-26T16:05:07+02:00[Europe/Kyiv]", MOMENT),
        ("2020-03-26T14:05:07Z[UTC][u-ca=iso8601]", MOMENT),
        ("20200326T140507Z", MOMENT),
        ("20200326T160507.594+0200", MOMENT.replace(microsecond=594_000)),
        ("20200326T1405Z", MOMENT.replace(second=0)),
        ("2020-03-26 16:05:07 +0200", MOMENT),
        ("2020-03-26 16:05:07+02", MOMENT),
        ("2020-03-26 14:05:07 UTC", MOMENT),
        (" 2020-03-26T14:05:07Z\n", MOMENT),
        ("2020-03-25T24:00:00Z", MOMENT.replace(hour=0, minute=0, second=0)),
        ("2016-12-31T23:59:60.5Z", datetime(2016, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00.000Z", None),
        ("0001-01-01T00:00:00.000000000Z", None),
        ("0001-01-01T00:00:00+00:00", None),
    ],
)
def test_every_form_of_a_time_is_read(text, expected):
    assert parse_time(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2020-03-26",
        "2020-W13-4T14:05:07.000Z",
        "2020-02-30T14:05:07.594Z",
        "2021-02-29T14:05:07Z",
        "2020-13-01T14:05:07Z",
        "2020-03-26T24:00:01Z",
        "9999-12-31T24:00:00Z",
        "2020-03-26T14:60:00Z",
        "2020-03-26T14:05:07+25:00",
        "2020-03-26T14:05:07+24",
        "2020-03-26T14:05:07+2",
        "2020-03-26T14:05:07+02:00:60",
        "2020-03-26T16:05:07[Europe/Kyiv]",
        "2020-03-26T14:05:07.Z",
        "2020-03-26T14.5Z",
        "2020-0326T140507Z",
        "20200326140507Z",
        "+002020-03-26T14:05:07Z",
        "2020-03-26T14:05:61Z",
        "10000-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "2020-03-26T14:05:07+99:00",
        "2020-03-26T14:05:07+02:60",
        "\N{FULLWIDTH DIGIT TWO}020-03-26T14:05:07.594Z",
        "1585231507594",
        "2020-03-26T14:05:07\0Z",
    ],
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        parse_time(text)


def test_a_blank_before_the_offset_in_a_query_is_a_plus():
    assert parse_query_time("2020-03-26T16:05:07 02:00") == MOMENT
    assert parse_query_time("2020-03-26 16:05:07 02:00") == MOMENT
    assert parse_query_time("2020-03-26 14:05:07") == MOMENT
    assert parse_query_time("2020-03-26T16:05:07 02") == MOMENT
    assert parse_query_time("20200326T160507 0200") == MOMENT
    assert parse_query_time("2020-03-26 16:05:07 +02:00") == MOMENT


def test_times_are_written_in_utc_with_three_fraction_digits():
    assert format_time(MOMENT) == "2020-03-26T14:05:07.000Z"
    assert format_time(MOMENT.astimezone(timezone(timedelta(hours=2)))) == "2020-03-26T14:05:07.000Z"
    assert format_time(datetime(999, 1, 1, 0, 0, 0, 999_999, tzinfo=UTC)) == "0999-01-01T00:00:00.999Z"


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_is_written_is_read_back_to_the_millisecond(moment):
    truncated = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    expected = None if truncated == datetime(1, 1, 1, tzinfo=UTC) else truncated
    assert parse_time(format_time(moment)) == expected


@given(
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)),  # noqa: DTZ001
    st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes))),
    st.sampled_from("T t"),
    st.booleans(),
)
def test_any_offset_is_converted_to_utc(naive, zone, separator, has_colon):
    moment = naive.replace(tzinfo=zone)
    text = moment.isoformat(separator) if moment.utcoffset() else moment.astimezone(UTC).isoformat(separator)
    if not has_colon:
        text = text[:-3] + text[-2:]
    assert parse_time(text) == moment


@given(st.text() | st.from_regex(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)?"))
def test_any_text_is_a_time_or_a_value_error(text):
    try:
        moment = parse_time(text)
    except ValueError:
        return
    assert moment is None or moment.utcoffset() == timedelta(0)
