"""Runs that share a name are told apart by their starts."""

from __future__ import annotations

import pytest

from shipledger.clock import to_microseconds
from shipledger.deployments.lookups import Lookup, Seek
from shipledger.ledger.submission import Alias, Target
from tests.support.factories import ACME, make_record, moment, write

NAME = "build-1"
EXTERNAL = Alias(scope="opsgenie:external", key=NAME)


async def write_runs(store, *starts):
    """Deployments with one external id, recorded in this order."""
    ids = {}
    for number, start in enumerate(starts, start=1):
        record = make_record(number, external_id=NAME, started_at=None if start is None else moment(start))
        ids[start] = (await write(store, number, record)).deployment_id
    return ids


def seek(which, second):
    at_us = to_microseconds(moment(second))
    return Lookup(organization_id=ACME, alias=EXTERNAL, seek=which, at_us=at_us)


@pytest.mark.parametrize(
    "which, second, expected",
    [
        (Seek.UNTIL, 5, None),
        (Seek.UNTIL, 10, 10),
        (Seek.UNTIL, 29, 20),
        (Seek.UNTIL, 99, 30),
        (Seek.AFTER, 5, 10),
        (Seek.AFTER, 10, 20),
        (Seek.AFTER, 30, None),
    ],
)
async def test_the_run_before_and_the_run_after_a_time_are_found(store, which, second, expected):
    ids = await write_runs(store, 20, 30, 10)
    loaded = await store.load([seek(which, second)])
    assert loaded.sought.get(seek(which, second)) == ids.get(expected)


async def test_a_name_of_runs_means_the_one_that_started_last_however_late_another_was_recorded(store):
    ids = await write_runs(store, 30, 10)
    found = await store.find_deployment(ACME, Target(scope=EXTERNAL.scope, key=EXTERNAL.key))
    assert found.deployment_id == ids[30]
    loaded = await store.load([Lookup(organization_id=ACME, alias=EXTERNAL)])
    assert loaded.by_alias == {(ACME, EXTERNAL): ids[30]}


async def test_of_runs_with_one_start_the_one_that_was_recorded_last_is_meant(store):
    first = await write(store, 1, make_record(1, external_id=NAME, started_at=moment(5)))
    second = await write(store, 2, make_record(2, external_id=NAME, started_at=moment(5)))
    found = await store.find_deployment(ACME, Target(scope=EXTERNAL.scope, key=EXTERNAL.key))
    assert first.deployment_id < second.deployment_id == found.deployment_id


async def test_a_run_without_a_start_comes_before_all_that_have_one(store):
    ids = await write_runs(store, None, 10)
    loaded = await store.load([seek(Seek.UNTIL, 5), seek(Seek.UNTIL, 10)])
    assert loaded.sought == {seek(Seek.UNTIL, 5): ids[None], seek(Seek.UNTIL, 10): ids[10]}


async def test_an_identity_is_found_by_it_alone(store):
    record = make_record(1)
    (identity,) = record.identities
    deployment = await write(store, 1, record)
    lookup = Lookup(organization_id=ACME, alias=identity, seek=Seek.OWN)
    foreign = Lookup(organization_id=ACME, alias=EXTERNAL, seek=Seek.OWN)
    assert (await store.load([lookup, foreign])).sought == {lookup: deployment.deployment_id}
