"""Ids sort by time, and what a receipt creates has the same id whenever it is interpreted."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.ledger.identity import derive_id, moment_of, new_id, order_of

MOMENTS = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  st.datetimes wants them naive
RANDOMNESS = st.binary(min_size=8, max_size=8)


@given(MOMENTS, RANDOMNESS)
def test_a_new_id_is_a_uuid_of_version_7(moment: datetime, randomness: bytes) -> None:
    made = uuid.UUID(new_id(moment, randomness))
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@given(MOMENTS, RANDOMNESS, MOMENTS, RANDOMNESS)
def test_ids_of_different_microseconds_sort_as_their_times_do(
    earlier: datetime, first: bytes, later: datetime, second: bytes
) -> None:
    if earlier != later:
        assert (new_id(earlier, first) < new_id(later, second)) == (earlier < later)


@given(MOMENTS, RANDOMNESS, RANDOMNESS)
def test_ids_of_neighbouring_microseconds_sort(moment: datetime, first: bytes, second: bytes) -> None:
    assert new_id(moment, first) < new_id(moment + timedelta(microseconds=1), second)


@given(MOMENTS, RANDOMNESS)
def test_an_id_tells_the_time_that_it_was_made_of(moment: datetime, randomness: bytes) -> None:
    made = new_id(moment, randomness)
    assert moment_of(made) == moment
    assert order_of(made) == (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


@given(MOMENTS, RANDOMNESS, st.integers(0, 1_000))
def test_a_derived_id_is_stable_and_as_old_as_its_receipt(moment: datetime, randomness: bytes, item: int) -> None:
    receipt_id = new_id(moment, randomness)
    derived = derive_id(receipt_id, item, "deployment")
    assert derived == derive_id(receipt_id, item, "deployment")
    assert uuid.UUID(derived).version == 7
    assert derived[:18] == receipt_id[:18]
    assert len({derived, derive_id(receipt_id, item + 1, "deployment"), derive_id(receipt_id, item, "other")}) == 3


def test_a_derived_id_never_changes_between_releases() -> None:
    assert derive_id("01900000-0000-7000-8000-000000000000", 0, "deployment") == "01900000-0000-7000-9275-73199fa843d9"


@pytest.mark.parametrize(
    "randomness, made",
    [
        (bytes(8), "019cb84c-2340-7c9f-8000-000000000000"),
        (bytes(range(0xF8, 0x100)), "019cb84c-2340-7c9f-b8f9-fafbfcfdfeff"),
        (bytes(range(0xF8, 0x100)) + b"more than is needed", "019cb84c-2340-7c9f-b8f9-fafbfcfdfeff"),
    ],
)
def test_nor_does_a_new_id(randomness: bytes, made: str) -> None:
    assert new_id(datetime(2026, 3, 4, 10, 2, 3, 456_789, tzinfo=UTC), randomness) == made
