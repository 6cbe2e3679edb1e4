"""Two runs that were taken for one are told apart: in the store, after a rebuild, and after an erasure."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from shipledger.erasure.eraser import Eraser
from shipledger.ingestion.rebuild import rebuild_projections, verify_projections
from shipledger.ledger.deployment import external_alias, series_of, start_alias
from shipledger.ledger.identity import derive_id
from shipledger.ledger.state import State
from shipledger.ledger.submission import Alias, ChangeState, Target
from shipledger.store.contract import Store
from shipledger.store.erasure.contract import Selection
from shipledger.store.open import open_store
from tests.support.factories import ACME, make_id, make_record, make_report, moment
from tests.support.in_time import in_time
from tests.support.worker_bench import Bench, working

SERIES = Alias(scope="opsgenie:repeat", key="one")
EXTERNAL = external_alias("opsgenie", "v1")


def create(number, start):
    record = make_record(number, external_id="v1", started_at=moment(start))
    return replace(record, identities=(start_alias(SERIES, moment(start)),), series=SERIES)


def end(second):
    target = Target(scope=EXTERNAL.scope, key=EXTERNAL.key)
    return ChangeState(source="opsgenie", target=target, state=make_report(State.SUCCESSFUL, moment(second)))


async def part(bench: Bench) -> None:
    """Two creates that look like one run, and the end that shows that they are two, all in one batch or each in its own."""
    for number, submission in enumerate((create(1, 0), create(2, 60), end(5), end(64)), start=1):
        await bench.settled(await bench.accept(number, submission))


async def tell(store: Store):
    found = await store.list_deployments_by_alias(ACME, SERIES, limit=9)
    return sorted((one.started_at, one.finished_at, one.state) for one in found)


TWO_RUNS = [(moment(0), moment(5), State.SUCCESSFUL), (moment(60), moment(64), State.SUCCESSFUL)]


async def prove(store: Store, tmp_path) -> None:
    damage: list[object] = []
    scratch = await open_store(f"sqlite:///{tmp_path / 'scratch.db'}")
    try:
        await verify_projections(store, scratch, advance=lambda *_: None, report=damage.append)
    finally:
        await scratch.close()
    assert damage == []
    before = await store.digest_projections()
    await rebuild_projections(store, advance=lambda *_: None, report=damage.append)
    assert await store.digest_projections() == before


@pytest.mark.both_stores
async def test_an_end_that_comes_late_parts_two_runs_and_a_rebuild_gives_them_again(store, tmp_path):
    async with working(store) as bench:
        await part(bench)
    assert await tell(store) == TWO_RUNS
    first = await store.find_deployment(ACME, Target(key=derive_id(make_id(1), 0, "deployment")))
    second = await store.find_deployment(ACME, Target(key=derive_id(make_id(2), 0, "deployment")))
    assert (first.started_at, second.started_at) == (moment(0), moment(60))
    assert series_of(first) == series_of(second) == SERIES
    await prove(store, tmp_path)


async def test_what_is_decided_in_one_batch_is_the_same(store, tmp_path):
    bench = Bench(store)
    sent = enumerate((create(1, 0), create(2, 60), end(5), end(64)), start=1)
    accepted = [await bench.accept(number, submission) for number, submission in sent]
    bench.worker.start()
    for receipt_id in accepted:
        await bench.settled(receipt_id)
    await in_time(bench.worker.stop())
    assert await tell(store) == TWO_RUNS
    await prove(store, tmp_path)


async def test_erasing_who_parted_them_leaves_them_apart(store, tmp_path):
    async with working(store) as bench:
        await part(bench)
    await Eraser(store, bench.clock, grace_seconds=0).erase(
        Selection(organization_id=ACME, credential_id=make_id(1)), reason="test"
    )
    assert await tell(store) == []
    await prove(store, tmp_path)
