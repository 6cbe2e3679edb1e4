"""Old receipts lose what arrived, and nothing else changes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shipledger.catalog.organization_settings.keeping import EVEN
from shipledger.clock import EPOCH, Clock
from shipledger.duties.retention import Retention
from tests.support.factories import ACME, RIVAL, make_id, make_receipt, make_record, moment, write
from tests.support.settings import change_settings
from tests.support.stores import STORES


class At(Clock):
    """A clock that says one time, and went on evenly until then."""

    def __init__(self, at, order=None):
        super().__init__()
        self.at = at
        self.order = order
        self.even_since = EPOCH

    def now(self):
        return self.at

    def order_now(self):
        return self.order or self.at


@pytest.fixture(params=STORES)
async def store(request, tmp_path):
    async with STORES[request.param](tmp_path) as opened:
        yield opened


async def bodies(store, *numbers, organization_id=ACME):
    """For each receipt, whether it still has what arrived."""
    found = [await store.find_receipt(organization_id, make_id(number)) for number in numbers]
    return [bool(one.receipt.body) and bool(one.receipt.parameters) for one in found]


async def test_what_is_older_than_wanted_goes_and_entries_stay(store):
    for number in (2, 3, 4):
        await write(store, number, make_record(number))
    await write(store, 2, make_record(2), organization_id=RIVAL)
    before = await store.digest_projections()
    counts, clock = [], At(moment(4) + timedelta(days=1))
    retention = Retention(store, clock, timedelta(days=1), counts.append)

    until = moment(4)
    assert [await store.count_old_receipts(one, until=until, limit=9) for one in (ACME, RIVAL)] == [2, 1]
    assert await store.count_old_receipts(ACME, until=until, limit=1) == 1
    await retention.run()
    assert await bodies(store, 2, 3, 4) == [False, False, True]
    assert await store.count_old_receipts(ACME, until=until, limit=9) == 0
    assert await bodies(store, 2, organization_id=RIVAL) == [False]

    clock.at += timedelta(seconds=1)
    await retention.run()
    assert await bodies(store, 4) == [False]
    await retention.run()
    assert sum(counts) == 4
    assert await store.digest_projections() == before
    assert (await store.find_settlement(ACME, make_id(2))).verdicts


async def test_each_organization_keeps_receipts_as_long_as_it_wants(store):
    for organization_id in (ACME, RIVAL):
        await write(store, 2, make_record(2), organization_id=organization_id)
    clock = At(moment(2) + timedelta(days=10))
    keeps, empties = (Retention(store, clock, keep, lambda _: None) for keep in (None, timedelta(days=1)))
    await change_settings(store, ACME, receipt_retention_days=11)
    await change_settings(store, RIVAL, receipt_retention_days=0)
    await empties.run()
    assert await bodies(store, 2) == await bodies(store, 2, organization_id=RIVAL) == [True]
    await change_settings(store, ACME, receipt_retention_days=9)
    await keeps.run()
    assert (await bodies(store, 2), await bodies(store, 2, organization_id=RIVAL)) == ([False], [True])


async def test_what_is_young_by_the_clock_or_by_the_order_is_not_old(store):
    await write(store, 2, make_record(2))
    year = timedelta(days=365)
    for clock in (At(moment(2) + year, order=moment(3)), At(moment(3), order=moment(2) + year)):
        await Retention(store, clock, timedelta(days=1), lambda _: None).run()
        assert await bodies(store, 2) == [True]


async def test_nothing_is_emptied_before_the_clock_has_gone_on_evenly(store):
    await write(store, 2, make_record(2))
    clock = At(moment(2) + timedelta(days=365))
    retention = Retention(store, clock, timedelta(days=1), lambda _: None)
    for since, is_kept in (
        (None, True),
        (clock.at, True),
        (clock.at - EVEN + timedelta(seconds=1), True),
        (clock.at - EVEN, False),
    ):
        clock.even_since = since
        await retention.run()
        assert await bodies(store, 2) == [is_kept]


async def test_what_is_not_settled_keeps_what_arrived(store):
    waiting, set_aside = make_receipt(2), make_receipt(3)
    await store.append_receipts([waiting, set_aside], claimed_by="node")
    await store.quarantine_receipt(set_aside, failure="A fault.", now=moment(4))

    await Retention(store, At(moment(9)), timedelta(), lambda _: None).run()

    assert await bodies(store, 2, 3) == [True, True]
    assert await store.empty_receipts(ACME, [make_id(2), make_id(3)]) == 0
