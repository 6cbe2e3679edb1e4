from __future__ import annotations

from datetime import timedelta

import pytest

from shipledger.ingestion.task import Task
from shipledger.ingestion.waiting import DOUBLINGS, FIRST_WAIT, WaitingRoom, names_of
from shipledger.ledger.state import State
from shipledger.ledger.submission import ChangeState, Target
from tests.support.updates import DEPLOYMENT_ID, START, receipt, record, report, settle

LONGEST_WAIT = FIRST_WAIT * 2**DOUBLINGS


def waiting_for(key: str = DEPLOYMENT_ID, scope: str | None = None) -> Task:
    change = ChangeState(source="opsgenie", target=Target(key=key, scope=scope), state=report(State.SUCCESSFUL))
    return Task(receipt=receipt(), submissions=(change,))


def test_a_task_tries_again_later_each_time():
    room = WaitingRoom()
    task = waiting_for()
    pauses = []
    for _ in range(7):
        room.add(task, now=START, until=START)
        pause = timedelta()
        while not room.take_due(now=START + pause):
            pause += timedelta(milliseconds=125)
        pauses.append(pause)
    assert pauses[:5] == [FIRST_WAIT * 2**step for step in range(5)]
    assert pauses[-1] == LONGEST_WAIT


def test_a_task_may_wait_for_any_number_of_times():
    room = WaitingRoom()
    task = waiting_for()
    task.waits = 10_000
    room.add(task, now=START, until=START)
    assert room.take_due(now=START + LONGEST_WAIT) == [task]


@pytest.mark.parametrize(
    "task",
    [
        pytest.param(waiting_for(), id="by id"),
        pytest.param(waiting_for("build-77", "opsgenie:external"), id="by the sender's id"),
    ],
)
def test_the_deployment_that_a_task_waits_for_wakes_it(task):
    room = WaitingRoom()
    room.add(task, now=START, until=START)
    deployment, _ = settle([record(facts=record().facts.__class__(external_id="build-77"))])
    assert deployment is not None
    assert room.take_for(names_of([deployment])) == [task]
    assert len(room) == 0
    assert room.take_due(now=START + LONGEST_WAIT) == []


def test_another_deployment_wakes_nobody():
    room = WaitingRoom()
    room.add(waiting_for("another"), now=START, until=START)
    deployment, _ = settle([record()])
    assert deployment is not None
    assert room.take_for(names_of([deployment])) == []
    assert len(room) == 1


def test_everyone_can_be_sent_home():
    room = WaitingRoom()
    task = waiting_for()
    room.add(task, now=START, until=START)
    assert room.take_all() == [task]
    assert len(room) == 0


def test_a_task_tries_once_more_just_when_its_time_is_over():
    room = WaitingRoom()
    task = waiting_for()
    end = START + timedelta(milliseconds=300)
    room.add(task, now=START, until=end)
    assert room.take_due(now=START + FIRST_WAIT) == [task]
    room.add(task, now=START + FIRST_WAIT, until=end)
    assert room.take_due(now=end - timedelta(milliseconds=1)) == []
    assert room.take_due(now=end) == [task]
