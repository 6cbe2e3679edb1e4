"""A report without an id of its own is one more report of a known deployment, or the first of a new one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.recognition import recognizes
from shipledger.ledger.state import State
from shipledger.ledger.submission import Alias, Facts, Recognition, RecordDeployment, Release
from tests.support.updates import START, receipt, record, report, settle

NAMES = (Alias(scope="vendor:run", key="one"),)
RELEASES = (Release(repository="github.com/acme/shop", commit="ABC"),)
IN_ANOTHER_CASE = (Release(repository="github.com/acme/shop", commit="abc"),)
OTHER_RELEASES = (Release(repository="github.com/acme/shop", commit="def"),)


def known(state: State = State.SUCCESSFUL, **said: object) -> Deployment:
    deployment = settle([said_by(state, **said)])[0]
    assert deployment is not None
    return deployment


def said_by(state: State = State.SUCCESSFUL, recognition: Recognition | None = None, **said: object) -> RecordDeployment:
    return record(facts=Facts(**said), state=report(state), recognition=recognition or Recognition(names=NAMES))


@pytest.mark.parametrize(
    "known_facts, said, is_same",
    [
        ({}, {}, True),
        ({"version": "1"}, {"version": "1"}, True),
        ({"version": "1"}, {"version": "2"}, False),
        ({"version": "1"}, {}, True),
        ({}, {"version": "1"}, True),
        ({"version": None}, {"version": "1"}, True),
        ({"releases": RELEASES}, {"releases": RELEASES}, True),
        ({"releases": RELEASES}, {"releases": OTHER_RELEASES}, False),
        ({"releases": RELEASES}, {"releases": IN_ANOTHER_CASE}, True),
        ({"releases": (*RELEASES, *OTHER_RELEASES)}, {"releases": (*OTHER_RELEASES, *IN_ANOTHER_CASE)}, True),
        ({"releases": (*RELEASES, *OTHER_RELEASES)}, {"releases": RELEASES}, False),
        ({"properties": {"id": "a"}}, {"properties": {"id": "b"}}, False),
        ({"properties": {"id": "a", "site": "eu"}}, {"properties": {"site": "eu", "id": "a"}}, True),
        ({"properties": {"id": "a", "site": "eu"}}, {"properties": {"id": "a"}}, False),
        ({"team": "a"}, {"team": "b"}, True),
    ],
)
def test_both_must_agree_in_what_both_say(known_facts, said, is_same):
    recognition = Recognition(names=NAMES, agreeing=("version", "releases", "properties"))
    assert recognizes(said_by(recognition=recognition, **said), receipt(), known(**known_facts)) is is_same


@pytest.mark.parametrize(
    "known_state, said_state, minutes, is_same",
    [
        (State.IN_PROGRESS, State.SUCCESSFUL, 600, True),
        (State.SUCCESSFUL, State.SUCCESSFUL, 9, True),
        (State.SUCCESSFUL, State.SUCCESSFUL, 10, False),
        (State.SUCCESSFUL, State.IN_PROGRESS, 9, True),
        (State.SUCCESSFUL, State.FAILED, 9, False),
        (State.SUCCESSFUL, State.SUCCESSFUL, -1, True),
    ],
)
def test_a_finished_deployment_is_recognized_for_a_while_by_reports_that_do_not_contradict_it(
    known_state, said_state, minutes, is_same
):
    recognition = Recognition(names=NAMES, within_seconds=600)
    submission = said_by(said_state, recognition=recognition)
    assert recognizes(submission, receipt(accepted_at=START + timedelta(minutes=minutes)), known(known_state)) is is_same


@pytest.mark.parametrize(
    "clock_minutes, order_minutes, is_same",
    [
        (-60, 9, True),  # the clock was set back since the last report
        (800 * 24 * 60, 9, True),  # it is ahead for a moment
        (9, 800 * 24 * 60, True),  # it was, and the order of acceptance has remained ahead
        (-800 * 24 * 60, 11, False),  # the last report came while it was ahead: what comes long after is another deployment
    ],
)
def test_how_long_ago_a_report_came_is_told_by_the_clock_or_by_the_order_of_acceptance(clock_minutes, order_minutes, is_same):
    submission = said_by(recognition=Recognition(names=NAMES, within_seconds=600))
    ordered = receipt(accepted_at=START + timedelta(minutes=order_minutes))
    came = replace(ordered, accepted_at=START + timedelta(minutes=clock_minutes))
    assert recognizes(submission, came, known()) is is_same


def test_a_record_without_recognition_recognizes_nothing():
    assert not recognizes(record(), receipt(), known())


def test_an_assumption_holds_until_something_is_said_and_the_earliest_stays():
    first = record(assumed=Facts(title="first"), assumed_order=(-1,))
    second = record(assumed=Facts(title="second"), assumed_order=(-2,))
    said = record(facts=Facts(title="said"), order=(3,))
    assert settle([second, first])[0].facts.title == settle([first, second])[0].facts.title == "first"
    assert settle([said, first])[0].facts.title == settle([first, said])[0].facts.title == "said"
