"""Counts of Home stop in time, and a look is kept within its organization."""

from __future__ import annotations

from datetime import timedelta

from shipledger.access.people.look import Look
from shipledger.ledger.state import State
from tests.support.factories import ACME, RIVAL, make_record, make_report, moment, write


async def test_deployments_are_counted_by_start_and_state_up_to_a_limit(store):
    for number in range(4):
        await write(store, number, make_record(number, state=make_report(State.FAILED, moment(number))))
    await write(store, 9, make_record(9), organization_id=RIVAL)

    async def count(first, last, *, state=None, limit=99, owner=ACME):
        begin = None if first is None else moment(first)
        return await store.count_started(owner, state=state, started_from=begin, started_until=moment(last), limit=limit)

    assert await count(None, 99) == 4
    assert await count(1, 2) == 2
    assert await count(None, 99, limit=3) == 3
    assert await count(None, 99, state=State.FAILED) == 4
    assert await count(None, 99, state=State.SUCCESSFUL) == 0
    assert await count(None, 99, owner=RIVAL) == 1


async def test_a_look_is_of_one_person_in_one_organization_and_an_earlier_one_changes_nothing(store):
    first = Look(since=moment(1), seen_at=moment(5))
    await store.save_look(ACME, "anna", first)
    await store.save_look(ACME, "anna", Look(since=moment(0), seen_at=moment(4)))
    assert await store.find_look(ACME, "anna") == first
    assert await store.find_look(RIVAL, "anna") is None
    assert await store.find_look(ACME, "ben") is None
    later = Look(since=moment(5), seen_at=moment(9) + timedelta(seconds=1))
    await store.save_look(ACME, "anna", later)
    assert await store.find_look(ACME, "anna") == later
