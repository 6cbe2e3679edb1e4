"""How long issues take to production."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shipledger.catalog.commit import Commit
from shipledger.ledger.fold import fold
from shipledger.ledger.state import State, Tier
from shipledger.ledger.submission import Environment, Release, StateReport
from shipledger.web.pages.cycle_time import to_cycle_time
from tests.support.factories import decide_receipt, make_receipt, make_record

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SHA = "a" * 40


def deployment(number, ago, tier=Tier.PRODUCTION, state=State.SUCCESSFUL, **facts):
    report = StateReport(state=state, original=state, order=(1, number, 0), reported_at=NOW - ago)
    environment = Environment(id=tier, name=tier, tier=tier)
    record = make_record(number, state=report, environment=environment, started_at=NOW - ago, **facts)
    settled, _ = decide_receipt(make_receipt(number), record)
    return fold(None, settled.entries[0])


def commit(ago):
    return Commit(commit_id=SHA, parents=(), tree="", authored_at=NOW - ago, committed_at=NOW, subject="")


def brought():
    return {"releases": (Release(repository="github.com/Acme/shop", commit=SHA.upper()),)}


def test_the_clock_runs_from_the_first_commit_to_the_last_success_in_production():
    history = [deployment(1, 9 * HOUR, Tier.STAGING, **brought()), deployment(2, 6 * HOUR), deployment(3, 2 * HOUR)]
    cycle = to_cycle_time({"SHIP-1": history}, {("github.com/acme/shop", SHA): commit(10 * HOUR)}, NOW)
    assert cycle.from_commit.this_week == 8 * 3600
    assert cycle.from_deployment.this_week == 7 * 3600
    assert (cycle.from_commit.measured, cycle.from_commit.before) == (1, None)


def test_without_a_known_commit_nothing_is_measured_from_it():
    cycle = to_cycle_time({"SHIP-1": [deployment(1, HOUR, **brought())]}, {}, NOW)
    assert (cycle.from_commit.measured, cycle.from_commit.this_week) == (0, None)
    assert cycle.issues[0].commit_seconds is None


@pytest.mark.parametrize(
    "history",
    [
        [deployment(1, HOUR)],
        [deployment(1, 9 * HOUR), deployment(2, HOUR)],
        [deployment(1, 9 * HOUR), deployment(2, HOUR, Tier.STAGING)],
    ],
)
def test_nothing_is_measured_from_the_first_deployment_of_an_issue_that_was_nowhere_else_before(history):
    cycle = to_cycle_time({"SHIP-1": history}, {}, NOW)
    assert [one.deployment_seconds for one in cycle.issues] == [None]
    assert (cycle.from_deployment.measured, cycle.from_deployment.this_week) == (0, None)


def test_a_commit_that_was_authored_after_production_is_no_time_of_zero():
    cycle = to_cycle_time({"SHIP-1": [deployment(1, 2 * HOUR, **brought())]}, {("github.com/acme/shop", SHA): commit(HOUR)}, NOW)
    assert cycle.issues[0].commit_seconds is None


@pytest.mark.parametrize("later", [State.ROLLED_BACK, State.FAILED, State.IN_PROGRESS, State.SUCCESSFUL])
def test_a_deployment_counts_with_its_first_success_whatever_became_of_it_later(later):
    first = deployment(1, 5 * HOUR)
    again = StateReport(state=later, original=later, order=(2, 1, 0), reported_at=NOW - HOUR)
    settled, _ = decide_receipt(make_receipt(2), make_record(1, state=again, environment=first.said_environment), first)
    cycle = to_cycle_time({"SHIP-1": [deployment(2, 8 * HOUR, Tier.STAGING), fold(first, settled.entries[0])]}, {}, NOW)
    assert [(one.shipped_at, one.deployment_seconds) for one in cycle.issues] == [(NOW - 5 * HOUR, 3 * 3600)]


@pytest.mark.parametrize(
    "history",
    [
        [deployment(1, HOUR, state=State.FAILED)],
        [deployment(1, HOUR, Tier.STAGING)],
        [deployment(1, timedelta(weeks=14))],
        [deployment(1, -HOUR)],
    ],
)
def test_an_issue_that_did_not_come_to_production_in_these_weeks_is_not_counted(history):
    assert to_cycle_time({"SHIP-1": history}, {}, NOW).issues == ()


def test_this_week_stands_against_the_middle_of_those_before():
    histories = {
        f"SHIP-{number}": [deployment(1, ago + took, Tier.STAGING), deployment(2, ago)]
        for number, (ago, took) in enumerate(
            [(HOUR, 4 * HOUR), (timedelta(weeks=2), HOUR), (timedelta(weeks=3), 2 * HOUR), (timedelta(weeks=4), 9 * HOUR)]
        )
    }
    cycle = to_cycle_time(histories, {}, NOW)
    assert (cycle.from_deployment.this_week, cycle.from_deployment.before) == (4 * 3600, 2 * 3600)
    assert [one.key for one in cycle.issues] == ["SHIP-0", "SHIP-1", "SHIP-2", "SHIP-3"]
