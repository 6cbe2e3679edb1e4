"""When a deployment began and ended, as all reports of it come to."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from msgspec.structs import replace

from shipledger.ledger.course import ENDS_KEPT, Course, end_of, join_course
from shipledger.ledger.state import State
from tests.support.updates import START, report


def at(minutes):
    return START + timedelta(minutes=minutes)


def join(*reports):
    course = Course()
    for one, started in reports:
        course = join_course(course, one, started_at=started)
    return course


def said(state, minutes, order=1):
    return replace(report(state), reported_at=None if minutes is None else at(minutes), order=(order,))


@pytest.mark.parametrize(
    "state, reported, started, ended",
    [
        (State.SUCCESSFUL, 5, 1, 5),
        (State.FAILED, None, 1, 1),
        (State.SUCCESSFUL, None, None, None),
        (State.IN_PROGRESS, 5, 1, None),
    ],
)
def test_it_ends_when_a_final_report_says_so_else_at_its_start(state, reported, started, ended):
    start = None if started is None else at(started)
    assert end_of(said(state, reported), start) == (None if ended is None else at(ended))


COURSES = [
    ([(State.IN_PROGRESS, None, 3), (State.IN_PROGRESS, None, 1), (State.IN_PROGRESS, None, 2)], (1, 3, None, None)),
    ([(State.FAILED, 5, 1), (State.SUCCESSFUL, 7, 2), (State.ROLLED_BACK, 9, None)], (1, 2, 5, 7)),
    ([(State.FAILED, 5, None), (State.CANCELLED, 4, None)], (None, None, 4, 4)),
    ([(State.SUCCESSFUL, 7, None), (State.SUCCESSFUL, 6, None), (State.SUCCESSFUL, 8, None)], (None, None, 6, 6)),
    ([(State.SUCCESSFUL, None, None), (State.IN_PROGRESS, None, 2)], (2, 2, None, None)),
]


@pytest.mark.parametrize("reports, expected", COURSES)
def test_the_course_is_the_same_in_any_order_of_arrival(reports, expected):
    for order in permutations(reports):
        course = join(*[(said(state, end), None if start is None else at(start)) for state, end, start in order])
        found = (course.first_start_at, course.last_start_at, course.first_end_at, course.finished_at)
        assert found == tuple(None if one is None else at(one) for one in expected)


def test_the_first_ends_and_the_last_are_kept():
    ends = range(ENDS_KEPT + 3)
    course = join(*[(said(State.FAILED, end), None) for end in reversed(ends)])
    assert course.ends == tuple(at(end) for end in (*ends[: ENDS_KEPT - 1], ends[-1]))


def test_what_says_nothing_new_leaves_the_course_as_it_is():
    course = join((said(State.SUCCESSFUL, 7), at(1)))
    assert join_course(course, said(State.SUCCESSFUL, 7), started_at=at(1)) is course
