"""What else a name of a deployment names."""

from datetime import UTC, datetime, timedelta

import pytest

from shipledger.clock import to_microseconds
from shipledger.deployments.issue_lines import IssueLine
from shipledger.ledger.deployment import issue_alias, project_alias
from shipledger.ledger.state import State, Tier
from tests.support.factories import (
    ACME,
    PRODUCTION,
    RIVAL,
    STAGING,
    START,
    make_record,
    make_removal,
    make_report,
    moment,
    write,
    write_all,
)


async def test_the_deployments_that_share_a_name_are_listed_newest_first(store):
    records = [make_record(number, issue_keys=("Ship-1", f"SHIP-{number}0")) for number in (2, 3, 4)]
    written = await write_all(store, records)
    await write_all(store, [make_record(5, issue_keys=("SHIP-1",))], organization_id=RIVAL)
    newest_first = sorted(written, key=lambda deployment: deployment.started_at, reverse=True)
    assert await store.list_deployments_by_alias(ACME, issue_alias("ship-1"), limit=9) == newest_first
    assert await store.list_deployments_by_alias(ACME, issue_alias("SHIP-1"), limit=2) == newest_first[:2]
    assert await store.list_deployments_by_alias(ACME, issue_alias("SHIP-30"), limit=9) == [written[1]]
    assert await store.list_deployments_by_alias(ACME, issue_alias("SHIP-9"), limit=9) == []


async def test_a_removed_deployment_is_called_nothing_any_more(store):
    deployment = await write(store, 1, make_record(1, issue_keys=("SHIP-1",)))
    await write(store, 2, make_removal(deployment), deployment)
    assert await store.list_deployments_by_alias(ACME, issue_alias("SHIP-1"), limit=9) == []


@pytest.mark.parametrize("key", ["SHIP", "SHIP-", "", "SHIP-\0", "SHIP-_", "SHIP-%"])
async def test_what_nothing_is_called_has_no_deployments(store, key):
    await write(store, 1, make_record(1, issue_keys=("SHIP-1",)))
    assert await store.list_deployments_by_alias(ACME, issue_alias(key), limit=9) == []


async def before(store, *, organization_id=ACME, **wanted):
    asked = {"tier": "", "environment_id": "", "before": None, "limit": 9} | wanted
    found = await store.list_deployments_before(organization_id, project_alias("ship"), **asked)
    return [deployment.facts.title for deployment in found]


async def test_the_deployments_of_a_project_come_in_pages_and_may_be_narrowed(store):
    keys = [("SHIP-1", "SHIP-2"), ("ship-1",), ("SHIPPING-1",), ("SHIP-3",)]
    places = [PRODUCTION, STAGING, PRODUCTION, PRODUCTION]
    records = [
        make_record(number, issue_keys=named, environment=place)
        for number, (named, place) in enumerate(zip(keys, places, strict=True), start=1)
    ]
    written = await write_all(store, records)
    assert await before(store) == ["Checkout 4", "Checkout 2", "Checkout 1"]
    assert await before(store, limit=1) == ["Checkout 4"]
    assert await before(store, before=(to_microseconds(moment(4)), written[3].deployment_id)) == ["Checkout 2", "Checkout 1"]
    assert await before(store, tier="production") == ["Checkout 4", "Checkout 1"]
    assert await before(store, environment_id="stage") == ["Checkout 2"]
    assert await before(store, organization_id=RIVAL) == []


async def test_successes_of_a_project_are_counted_by_week(store):
    week = timedelta(weeks=1)
    records = [
        make_record(number, issue_keys=("SHIP-1", "SHIP-2"), state=make_report(State.SUCCESSFUL, START + weeks * week))
        for number, weeks in enumerate((0, 0, 1, -6, 3), start=1)
    ]
    records.append(make_record(6, issue_keys=("SHIP-1",), state=make_report(State.FAILED, START)))
    records.append(make_record(8, issue_keys=("SHIP-1",), state=make_report(State.ROLLED_BACK, START)))
    records.append(make_record(7, issue_keys=("SHIP-1",), environment=STAGING, state=make_report(State.SUCCESSFUL, START)))
    await write_all(store, records)
    monday = START - timedelta(days=START.weekday(), hours=START.hour, minutes=30, microseconds=START.microsecond)
    first = (monday - datetime(1969, 12, 29, tzinfo=UTC)) // week
    counts = await store.count_successes_by_week(ACME, project_alias("SHIP"), tier=Tier.PRODUCTION, since=monday)
    assert counts == {first: 2, first + 1: 1, first + 3: 1}
    assert await store.count_successes_by_week(RIVAL, project_alias("SHIP"), tier=Tier.PRODUCTION, since=monday) == {}


async def test_issues_are_walked_by_key_and_stand_where_all_their_deployments_have_brought_them(store):
    keys = (("SHIP-1", "ops-2"), ("ship-1",), ("SHIP-1",), ("SHIP-007",))
    states = (State.SUCCESSFUL, State.FAILED, State.IN_PROGRESS, State.SUCCESSFUL)
    records = [
        make_record(number, issue_keys=named, state=make_report(state, moment(number)))
        for number, (named, state) in enumerate(zip(keys, states, strict=True), start=1)
    ]
    first, second, third, fourth = await write_all(store, records)
    await write_all(store, [make_record(5, issue_keys=("SHIP-1",))], organization_id=RIVAL)

    async def walk(project="", after="", limit=9):
        return await store.list_named_issues(ACME, project=project, after=after, limit=limit)

    assert await walk() == ["OPS-2", "SHIP-007", "SHIP-1"]
    assert await walk(limit=1) == ["OPS-2"]
    assert await walk(after="OPS-2") == await walk(project="SHIP") == ["SHIP-007", "SHIP-1"]
    assert await walk(project="SHI") == await walk(project="SHIP", after="SHIP-1") == []

    names = {"both": ["SHIP-1", "ops-2"], "OPS-2": ["OPS-2"], "none": ["SHIP-9"]}
    found = await store.list_issue_lines(ACME, names, of_each=2, in_all=9)
    assert found == {
        "both": [IssueLine(tier=Tier.PRODUCTION, newest=(third, second), deployments=3, successes=1, unended=1)],
        "OPS-2": [IssueLine(tier=Tier.PRODUCTION, newest=(first,), deployments=1, successes=1, unended=0)],
    }
    cut = await store.list_issue_lines(ACME, {"both": names["both"]}, of_each=2, in_all=1)
    assert [line.newest for line in cut["both"]] == [(third,)]
    assert await store.count_issues_by_reach(ACME, "SHIP") == {Tier.PRODUCTION: 1}
    assert await store.count_issues_by_reach(RIVAL, "SHIP") == {None: 1}

    removed = await write(store, 9, make_removal(first), first)
    assert removed.is_removed
    assert await store.count_issues_by_reach(ACME, "SHIP") == {None: 1}
    assert await store.list_issue_lines(ACME, {"OPS-2": ["OPS-2"]}, of_each=1, in_all=1) == {}
    assert fourth.issue_keys == ("SHIP-007",)
