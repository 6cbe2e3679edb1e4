"""What a record means for the ledger, whatever the order in which its reports are processed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import permutations

from shipledger.ledger.decide import Situation, decide
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.identity import new_id
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import CiRun
from shipledger.protocols.native.bodies import check_deployment
from shipledger.protocols.native.translate import interpret
from tests.support.native import deployment, started

ACCEPTED_AT = datetime(2026, 3, 4, 12, tzinfo=UTC)

REPORTS = (
    started(state="pending", started_at=None, version=None),
    started(),
    started(job_started_at="2026-03-04T09:59:00Z", actor="hubot"),
    deployment(started_at=None, title=None),
    deployment(state="failed", finished_at="2026-03-04T10:07:00Z"),
)


def receive(body, step=0):
    accepted_at = ACCEPTED_AT + timedelta(seconds=step)
    return Receipt(
        organization_id="o",
        receipt_id=new_id(accepted_at, b"12345678"),
        credential_id="c",
        protocol="native",
        operation="record-deployment",
        parameters={},
        body=check_deployment(json.dumps(body)).body,
        accepted_at=accepted_at,
    )


def settle(receipts) -> Deployment:
    current = None
    for receipt in receipts:
        (submission,) = interpret(receipt)
        current = decide(Situation(current=current), receipt, 0, submission, ACCEPTED_AT).deployment or current
    return current


def identities_of(**changes):
    (submission,) = interpret(receive(deployment(**changes)))
    return submission.identities


def test_any_order_of_the_reports_of_a_run_ends_in_the_same_deployment():
    receipts = [receive(body, step) for step, body in enumerate(REPORTS)]
    outcomes = [settle(order) for order in permutations(receipts)]
    first = outcomes[0]
    assert {(one.report, one.started_at) for one in outcomes} == {(first.report, first.started_at)}
    assert all(one.facts == first.facts for one in outcomes)
    assert (first.state, first.facts.actor, first.facts.title) == ("failed", "octocat", "Checkout 2.4.1")


def test_what_runs_a_deployment_is_one_fact():
    facts = settle([receive(deployment(job="deploy"))]).facts
    assert facts.ci == CiRun(system="github", run="77", attempt="1", job="deploy")


def test_a_deployment_is_named_by_its_id_its_service_and_its_environment():
    named = identities_of()
    assert identities_of(version="3", started_at=None, releases=None) == named
    assert identities_of(service="CHECKOUT") == named
    for other in ({"service": "payments"}, {"service": None}, {"environment": "staging"}, {"external_id": "build-78"}):
        assert identities_of(**other) != named


def test_without_an_id_and_a_start_nothing_tells_a_repeat():
    assert identities_of(external_id=None, started_at=None) == ()
