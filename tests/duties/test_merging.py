"""Records that tell of one deployment are merged by themselves, where that is set, whatever came first."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from msgspec.structs import replace

from shipledger.catalog.organization_settings.model import WHOLE_ORGANIZATION, ScopeKind, SettingScope
from shipledger.deployments.listing import DeploymentFilter
from shipledger.duties.duplicates import Duplicates
from shipledger.duties.merging import Merging
from shipledger.ingestion.at_once import AskingStore
from shipledger.ledger import likeness
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.state import State
from shipledger.ledger.submission import Alias, Pipeline, Split, Target
from tests.duties.test_gate_timeouts import At
from tests.support.factories import ACME, make_record, make_report, moment, write
from tests.support.settings import change_settings
from tests.support.stores import STORES

ADA = Actor(ActorKind.PERSON, "ada")
ENDS = {"datadog": 600, "jira": 660, "opsgenie": 720}


@pytest.fixture(params=STORES)
async def store(request, tmp_path):
    async with STORES[request.param](tmp_path) as opened:
        yield opened


async def tell(store, number, source, *, end=None, **facts):
    """A successful deployment of the commit and to the environment of all of these; its id."""
    facts = {"releases": make_record(1).facts.releases, "started_at": moment(0)} | facts
    record = make_record(number, state=make_report(State.SUCCESSFUL, moment(end or ENDS[source])), **facts)
    record = replace(record, source=source, identities=(Alias(scope=f"{source}:create", key=str(number)),))
    return (await write(store, number, record)).deployment_id


def merging(store, clock=None):
    clock = clock or At(moment(2_000))
    return Merging(store, clock, AskingStore(store, clock))


async def switch_on(store, seconds=120, scope=WHOLE_ORGANIZATION):
    await change_settings(store, ACME, scope, merge_within_seconds=seconds)


async def list_told(store):
    """What lists have: the sources of the records behind each."""
    found = await store.list_deployments(ACME, DeploymentFilter())
    return sorted(sorted(one.source for one in each.told or (each,)) for each in found)


@pytest.mark.parametrize("order", list(permutations(ENDS)), ids=lambda order: "-".join(one[0] for one in order))
async def test_one_deployment_told_through_three_protocols_is_one_whatever_came_first(store, order):
    await switch_on(store)
    duty = merging(store)
    for number, source in enumerate(order, start=1):
        await tell(store, number, source)
        await duty.run()
    (one,) = await store.list_deployments(ACME, DeploymentFilter())
    assert (len(one.told), one.finished_at, one.state) == (3, moment(600), State.SUCCESSFUL)
    entries = [await store.list_entries(ACME, told.deployment_id) for told in one.told]
    actors = {str(entry.actor) for own in entries for entry in own if type(entry.submission).__name__ == "Merge"}
    assert actors == {"duty:merge-deployments"}


async def test_nothing_is_merged_unless_it_is_switched_on_and_what_was_there_is_merged_then(store):
    for number, source in enumerate(ENDS, start=1):
        await tell(store, number, source)
    duty = merging(store)
    await duty.run()
    assert len(await list_told(store)) == 3
    await switch_on(store, 60)
    await duty.run()
    assert await list_told(store) == [["datadog", "jira"], ["opsgenie"]]
    await switch_on(store, 120)
    await duty.run()
    assert await list_told(store) == [["datadog", "jira", "opsgenie"]]


@pytest.mark.parametrize(
    "source, changed",
    [
        ("datadog", {}),
        ("jira", {"end": 721}),
        ("jira", {"environment": replace(make_record(1).facts.environment, id="stage", name="stage")}),
        ("jira", {"services": ("web",)}),
    ],
    ids=["same protocol", "too late", "elsewhere", "another service"],
)
async def test_what_is_not_alike_stays_apart(store, source, changed):
    await switch_on(store)
    await tell(store, 1, "datadog", services=("api",))
    await tell(store, 2, source, **{"services": ("api",), **changed})
    await merging(store).run()
    assert len(await list_told(store)) == 2


@pytest.mark.parametrize("is_short_first", [True, False])
async def test_a_commit_may_be_written_short_by_one_of_them(store, is_short_first):
    await switch_on(store)
    (release,) = make_record(1).facts.releases
    written = sorted((release.commit, release.commit[:9].upper()), key=len, reverse=not is_short_first)
    duty = merging(store)
    for number, (source, commit) in enumerate(zip(("datadog", "jira"), written, strict=True), start=1):
        await tell(store, number, source, releases=(replace(release, commit=commit),))
        await duty.run()
    assert await list_told(store) == [["datadog", "jira"]]


async def test_a_commit_that_was_deployed_often_is_read_and_compared_once(store, monkeypatch):
    count, compared = 8, []
    for number in range(count):
        await tell(store, number, ("datadog", "jira")[number % 2], end=10_000 * (number + 1))
    monkeypatch.setattr(likeness, "find_likeness", lambda *asked: compared.append(asked))
    assert not (await Duplicates(store).list_pairs(ACME, after=(moment(0), ""), within=timedelta(seconds=9), limit=99)).pairs
    assert 0 < len(compared) <= count**2


async def test_what_somebody_split_is_never_merged_again_by_itself(store):
    await switch_on(store)
    await tell(store, 1, "datadog")
    other = await tell(store, 2, "jira")
    await merging(store).run()
    asks = AskingStore(store, At(moment(2_000)))
    await asks.ask(ACME, [Split(source="native", target=Target(key=other))], operation="split", actor=ADA)
    await merging(store).run()
    assert len(await list_told(store)) == 2


async def test_a_setting_of_a_service_or_a_pipeline_counts_before_that_of_the_organization(store):
    await switch_on(store)
    await switch_on(store, 0, SettingScope(ScopeKind.PIPELINE, "nightly"))
    await tell(store, 1, "datadog")
    await tell(store, 2, "jira", pipeline=Pipeline(id="nightly", name="nightly"))
    await merging(store).run()
    assert len(await list_told(store)) == 2


async def test_a_preview_finds_the_pairs_of_the_past_and_changes_nothing(store):
    for number, source in enumerate(ENDS, start=1):
        await tell(store, number, source)
    duplicates = Duplicates(store)
    found = await duplicates.list_pairs(ACME, after=(moment(0), ""), within=timedelta(seconds=120), limit=9)
    assert [(pair.record.source, pair.host.source) for pair in found.pairs] == [("jira", "datadog"), ("opsgenie", "datadog")]
    assert (found.looked_at, found.is_complete) == (3, True)
    some = await duplicates.list_pairs(ACME, after=(moment(0), ""), within=timedelta(seconds=60), limit=9)
    assert len(some.pairs) == 1
    assert len(await list_told(store)) == 3


async def test_many_records_of_one_moment_are_all_looked_at(store, monkeypatch):
    monkeypatch.setattr("shipledger.duties.duplicates.PAGE", 1)
    for number, source in enumerate(ENDS, start=1):
        await tell(store, number, source)
    await switch_on(store)
    duty = merging(store)
    await duty.run()
    assert await list_told(store) == [["datadog", "jira", "opsgenie"]]
    found = await Duplicates(store).list_pairs(ACME, after=(moment(0), ""), within=timedelta(seconds=120), limit=1)
    assert (found.looked_at, found.is_complete) == (1, False)


async def test_a_place_among_records_of_one_moment_is_continued_after_the_id(store):
    ids = [await tell(store, number, source) for number, source in enumerate(ENDS, start=1)]
    (first, second, third) = await store.list_recorded_after(ACME, (moment(0), ""), limit=9)
    assert [first[1], second[1], third[1]] == ids
    assert await store.list_recorded_after(ACME, first, limit=9) == [second, third]
    assert await store.list_recorded_after(ACME, (first[0], ""), limit=1) == [first]
    assert await store.list_recorded_after(ACME, third, limit=9) == []
