"""What reports mean for the ledger, whatever the order in which they are processed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.identity import new_id
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import CiRun, RecordDeployment
from shipledger.protocols.native.bodies import check_deployments
from shipledger.protocols.native.translate import interpret
from tests.support.native import deployment, started
from tests.support.series import Series

ACCEPTED_AT = datetime(2026, 3, 4, 12, tzinfo=UTC)

Body = dict[str, Any]


def at(minute: int) -> str:
    return f"2026-03-04T10:{minute:02}:00Z"


def began(minute: int, **changes: Any) -> Body:
    return started(started_at=at(minute), **changes)


def ended(minute: int, **changes: Any) -> Body:
    """A report of an end as a job sends it that did not see the beginning."""
    return deployment(**{"started_at": None, "finished_at": at(minute), **changes})


def ended_in_job(job_start: int, minute: int, **changes: Any) -> Body:
    return ended(minute, job_started_at=at(job_start), **changes)


def receive(body: Body, step: int = 0) -> Receipt:
    accepted_at = ACCEPTED_AT + timedelta(seconds=step)
    return Receipt(
        organization_id="acme",
        receipt_id=new_id(accepted_at, b"12345678"),
        credential_id="c",
        protocol="native",
        operation="record-deployment",
        parameters={},
        body=check_deployments(json.dumps(body)).body,
        accepted_at=accepted_at,
    )


def translate(receipt: Receipt) -> RecordDeployment:
    (submission,) = interpret(receipt)
    assert isinstance(submission, RecordDeployment)
    return submission


def settle(bodies: Iterable[Body]) -> list[Deployment]:
    """The deployments that reports make, processed in this order. Each is as old as its place in ``bodies`` says."""
    return settle_numbered(enumerate(bodies))


def settle_numbered(numbered: Iterable[tuple[int, Body]]) -> list[Deployment]:
    series = Series()
    for step, body in numbered:
        receipt = receive(body, step)
        series.settle(receipt, [translate(receipt)], ACCEPTED_AT)
    return series.runs()


def tell(runs: Iterable[Deployment]) -> list[tuple[str, str | None, str]]:
    """Start, finish and state of each run."""
    return [(_minute(run.started_at) or "", _minute(run.finished_at), run.state) for run in runs]


def _minute(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%H:%M")


def test_any_order_of_the_reports_of_a_run_ends_in_the_same_deployment() -> None:
    reports = (
        started(state="pending", started_at=at(0), version=None),
        began(0),
        began(0, job_started_at="2026-03-04T09:59:00Z", actor="hubot"),
        ended_in_job(4, 5, title=None),
        ended(7, state="failed"),
    )
    outcomes = [settle_numbered(order) for order in permutations(enumerate(reports))]
    assert {len(runs) for runs in outcomes} == {1}
    first = outcomes[0][0]
    for (run,) in outcomes:
        assert (run.report, run.started_at, run.finished_at) == (first.report, first.started_at, first.finished_at)
        assert run.facts == first.facts
    assert (first.state, first.facts.actor, first.facts.title) == ("failed", "octocat", "Checkout 2.4.1")
    assert tell([first]) == [("10:00", "10:05", "failed")]


RUNS: dict[str, tuple[list[Body], list[tuple[str, str | None, str]]]] = {
    "a job that is run again after the end": (
        [began(0), ended(5, state="failed"), began(20), ended(25)],
        [("10:00", "10:05", "failed"), ("10:20", "10:25", "successful")],
    ),
    "a job that is run again and reports only its end": (
        [ended_in_job(0, 5, state="failed"), ended_in_job(20, 25)],
        [("10:00", "10:05", "failed"), ("10:20", "10:25", "successful")],
    ),
    "a second job of the same attempt": ([began(0), ended_in_job(6, 9)], [("10:00", "10:09", "successful")]),
    "an end that is corrected by the same job": (
        [ended_in_job(0, 5), ended_in_job(0, 7, state="failed")],
        [("10:00", "10:05", "failed")],
    ),
    "an end that is corrected without a start": (
        [began(0), ended(5), ended(9, state="rolled_back")],
        [("10:00", "10:05", "rolled_back")],
    ),
    "ends without any start": ([ended(5), ended(9, state="failed")], [("10:05", "10:05", "failed")]),
    "an end, and another run": ([ended(5), began(20)], [("10:05", "10:05", "successful"), ("10:20", None, "in_progress")]),
    "a start that is said to be earlier": ([began(3), began(1), ended(5)], [("10:01", "10:05", "successful")]),
    "a start that is said again, later": ([began(1), began(3), ended(5)], [("10:01", "10:05", "successful")]),
}


@pytest.mark.parametrize("reports, runs", RUNS.values(), ids=RUNS)
def test_runs_are_told_apart_by_their_times(reports: list[Body], runs: list[tuple[str, str | None, str]]) -> None:
    for order in permutations(enumerate(reports)):
        assert tell(settle_numbered(order)) == runs


def test_a_start_that_was_said_counts_more_than_that_of_a_job() -> None:
    assert tell(settle([began(3), ended_in_job(1, 5)])) == [("10:03", "10:05", "successful")]
    assert tell(settle([ended_in_job(1, 5), began(3)])) == [("10:03", "10:05", "successful")]


def test_what_runs_a_deployment_is_one_fact() -> None:
    (run,) = settle([deployment(job="deploy")])
    assert run.facts.ci == CiRun(system="github", run="77", attempt="1", job="deploy")


def identities_of(**changes: Any) -> tuple[Any, ...]:
    return translate(receive(deployment(**changes))).identities


def test_a_deployment_is_named_by_its_id_its_service_its_environment_and_its_start() -> None:
    named = identities_of()
    assert identities_of(version="3", releases=None, finished_at=at(9)) == named
    assert identities_of(service="CHECKOUT") == named
    others: tuple[Body, ...] = (
        {"service": "payments"},
        {"service": None},
        {"environment": "staging"},
        {"external_id": "build-78"},
        {"started_at": at(1)},
    )
    for other in others:
        assert identities_of(**other) != named


def test_without_an_id_and_a_start_nothing_tells_a_repeat() -> None:
    assert identities_of(external_id=None, started_at=None) == ()
