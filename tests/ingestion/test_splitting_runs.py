"""Runs that an earlier version took for one deployment are parted by hand, and stay so through a rebuild."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from shipledger.deployments.listing import DeploymentFilter
from shipledger.ledger.deployment import has_overwritten_run
from shipledger.ledger.identity import derive_id
from shipledger.ledger.state import State
from shipledger.ledger.submission import Alias, Split, Target
from shipledger.ledger.verdict import Reason, VerdictKind
from tests.ingestion.test_merging import find, merge, prove, tell
from tests.ingestion.test_runs import EXTERNAL, end
from tests.support.factories import ACME, make_id, make_record, moment
from tests.support.worker_bench import working

ONE, OTHER = (derive_id(make_id(number), 0, "deployment") for number in (1, 2))
SHARED = Alias(scope="opsgenie:repeat", key="one")


def create(number, start):
    """As a version before runs recorded it: all runs had one identity."""
    record = make_record(number, external_id="v1", started_at=moment(start))
    return replace(record, identities=(SHARED,), names=(EXTERNAL,))


def split(record=ONE):
    return Split(source="shipledger", target=Target(key=record), reason="Two builds.", of_runs=True)


async def overwrite(bench):
    await tell(bench, create(1, 0), end(5), create(2, 60), end(64))
    overwritten = await find(bench.store)
    assert has_overwritten_run(overwritten)
    assert [one.deployment_id for one in await bench.store.list_overwritten(ACME, limit=9)] == [ONE]


@pytest.mark.both_stores
async def test_each_run_is_a_deployment_of_its_own_with_the_reports_that_are_about_it(store, tmp_path):
    async with working(store) as bench:
        await overwrite(bench)
        verdict = await tell(bench, split())
        assert (verdict.kind, verdict.deployment_id) == (VerdictKind.APPLIED, ONE)
        first, second = await find(store), await find(store, OTHER)
        assert (first.started_at, first.finished_at) == (moment(0), moment(5))
        assert (second.started_at, second.finished_at, second.state) == (moment(60), moment(64), State.SUCCESSFUL)
        assert await store.list_overwritten(ACME, limit=9) == []
        assert SHARED in second.names
        entry = (await store.list_entries(ACME, ONE))[-1]
        assert (entry.submission.other_ids, entry.submission.reason) == ((OTHER,), "Two builds.")
        await prove(store, tmp_path)
        again = await tell(bench, split())
        assert (again.kind, again.reason) == (VerdictKind.REJECTED, Reason.CONTRADICTION)
    assert len(await store.list_deployments(ACME, DeploymentFilter())) == 2


async def test_a_deployment_of_one_run_has_nothing_to_split_nor_has_one_that_is_not_there(store):
    async with working(store) as bench:
        await tell(bench, create(1, 0))
        assert (await tell(bench, split())).reason is Reason.CONTRADICTION
        assert (await tell(bench, split(OTHER))).reason is Reason.UNKNOWN_DEPLOYMENT


async def test_the_host_of_a_split_record_hears_only_of_the_run_that_is_left(store, tmp_path):
    async with working(store) as bench:
        await overwrite(bench)
        third = replace(make_record(3), source="jira", identities=(Alias(scope="jira:create", key="3"),))
        await tell(bench, third, merge(ONE, third.deployment_id))
        await tell(bench, split())
        host = await find(store, third.deployment_id)
        assert [one.finished_at for one in host.told[1:]] == [moment(5)]
        assert (await find(store, OTHER)).is_listed
    await prove(store, tmp_path)
