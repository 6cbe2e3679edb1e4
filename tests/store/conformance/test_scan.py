"""A walk over deployments visits each once, in order of start."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.factories import ACME, RIVAL, moment
from tests.support.pen import Pen


async def walk(store, *, organization_id=ACME, is_ascending=False, limit=2, services=(), since=None, until=None):
    found, after = [], None
    while True:
        page = await store.scan_deployments(
            organization_id,
            services=services,
            started_from=since,
            started_until=until,
            is_ascending=is_ascending,
            after=after,
            limit=limit,
        )
        found += [deployment.facts.title for deployment in page]
        if len(page) < limit:
            return found
        after = page[-1]


@pytest.fixture
async def ledger(store):
    pen = Pen(store, ACME, "credential")
    for number, services in enumerate([("Shop",), ("pay",), ("shop", "pay"), ()]):
        await pen.record(at=moment(1) + timedelta(hours=number), title=str(number), services=services)
    return store


async def test_a_walk_is_newest_first_unless_it_is_asked_for_ascending(ledger):
    assert await walk(ledger) == ["3", "2", "1", "0"]
    assert await walk(ledger, is_ascending=True) == ["0", "1", "2", "3"]
    assert await walk(ledger, organization_id=RIVAL) == []


async def test_services_are_compared_without_case_and_a_deployment_comes_once(ledger):
    assert await walk(ledger, services=("shop",)) == ["2", "0"]
    assert await walk(ledger, services=("shop", "pay"), is_ascending=True, limit=1) == ["0", "1", "2"]
    assert await walk(ledger, services=("shop", "pay"), limit=1) == ["2", "1", "0"]
    assert await walk(ledger, services=("nobody",)) == []


async def test_bounds_are_inclusive(ledger):
    hour = timedelta(hours=1)
    assert await walk(ledger, since=moment(1) + hour, until=moment(1) + 2 * hour) == ["2", "1"]
    assert await walk(ledger, since=moment(1) + hour, services=("pay",), is_ascending=True) == ["1", "2"]
