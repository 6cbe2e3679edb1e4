"""What a deployment's times say of runs that were taken for one, and the names that it is found by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

import pytest
from msgspec.structs import replace

from shipledger.ledger.course import Course
from shipledger.ledger.deployment import (
    Deployment,
    end_alias,
    has_overwritten_run,
    is_dated,
    issue_alias,
    project_alias,
    project_aliases,
    start_alias,
)
from shipledger.ledger.submission import Alias
from tests.support.factories import decide_receipt, make_receipt, make_record

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
SERIES = Alias(scope="jira:connect:run", key="pipeline/env/7")


def at(minutes: int | None) -> datetime | None:
    return None if minutes is None else NOON + timedelta(minutes=minutes)


def deployment(name: Alias, first: int | None, last: int | None, ends: Sequence[int]) -> Deployment:
    _, made = decide_receipt(make_receipt(), make_record())
    assert made is not None
    course = Course(first_start_at=at(first), last_start_at=at(last), ends=tuple(NOON + timedelta(minutes=one) for one in ends))
    return replace(made, names=(name,), identities=(), course=course)


@pytest.mark.parametrize(
    "first, last, ends, is_overwritten",
    [
        (0, 10, [5], True),
        (0, 10, [0], True),
        (0, 10, [10], False),
        (0, 10, [20, 30], False),
        (0, 10, [-5], False),
        (0, 10, [-5, 5], True),
        (0, 10, [], False),
        (0, 0, [0], False),
        (None, 10, [5], False),
        (0, None, [5], False),
    ],
)
def test_a_run_was_overwritten_where_one_ended_between_two_starts(
    first: int | None, last: int | None, ends: list[int], *, is_overwritten: bool
) -> None:
    for scope in ("jira:connect:run", "opsgenie:repeat", "datadog:id"):
        assert has_overwritten_run(deployment(Alias(scope=scope, key="7"), first, last, ends)) is is_overwritten
    assert not has_overwritten_run(deployment(Alias(scope="opsgenie:create", key="7"), first, last, ends))


def test_case_does_not_tell_issues_or_projects_apart() -> None:
    assert issue_alias("ship-1") == issue_alias("SHIP-1") == Alias(scope="issue", key="SHIP-1")
    assert project_aliases("ship-1") == (project_alias("Ship"),) == (Alias(scope="project", key="SHIP"),)
    assert project_aliases("a-b-1") == (project_alias("A-B"),)
    assert project_aliases("nothing") == project_aliases("-1") == ()


def test_a_run_has_one_name_in_every_zone() -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=-7)))
    assert start_alias(SERIES, NOON) == start_alias(SERIES, elsewhere)
    assert end_alias(SERIES, NOON) == end_alias(SERIES, elsewhere) != start_alias(SERIES, NOON)
    assert [is_dated(one) for one in (SERIES, start_alias(SERIES, NOON))] == [True, False]
