"""What a search finds, after every kind of change."""

from __future__ import annotations

from datetime import timedelta

from shipledger.catalog.searching import Kind, Matched
from shipledger.ledger.state import State
from shipledger.search_words import read_query
from shipledger.store.search import titles
from tests.support.factories import ACME, RIVAL, make_amend, make_id, make_record, make_removal, make_report, moment, write


async def find(store, q, *kinds, organization_id=ACME, limit=50):
    found = await store.find_candidates(organization_id, read_query(q), kinds or (Kind.DEPLOYMENT,), limit=limit)
    return [(one.key, one.matched, one.is_exact) for kind in found for one in found[kind]]


async def ids(store, q, **options):
    return [key for key, _, _ in await find(store, q, **options)]


async def test_what_is_corrected_or_removed_is_found_by_what_it_is_now(store):
    first = await write(store, 1, make_record(1, title="Blue kettle", version="7.1"))
    assert await find(store, "kettle") == [(first.deployment_id, Matched.TITLE, True)]
    assert await find(store, "7.1") == [(first.deployment_id, Matched.VERSION, True)]
    amended = await write(store, 2, make_amend(first, order=9, title="Green teapot"), first)
    assert (await ids(store, "kettle"), await ids(store, "teap")) == ([], [first.deployment_id])
    await write(store, 3, make_removal(first), amended)
    for q in ("teapot", "7.1", first.deployment_id, first.external_id, first.releases[0].commit):
        assert await ids(store, q) == [], q


async def test_another_organization_finds_nothing_of_it(store):
    first = await write(store, 1, make_record(1, title="Kettle", issue_keys=("SHIP-1",), services=("till",), actor="anna"))
    for q in (
        "kettle",
        first.deployment_id,
        make_id(1),
        first.external_id,
        first.releases[0].commit,
        "ship-1",
        "till",
        "anna",
        "kett",
    ):
        assert await find(store, q, *Kind) != [], q
        assert await find(store, q, *Kind, organization_id=RIVAL) == [], q


async def test_the_newest_by_when_it_happened_come_first_in_whatever_order_they_were_told(store):
    for number, minute in enumerate((30, 10, 20), start=1):
        await write(store, number, make_record(number, title="Kettle", started_at=moment(minute), external_id=f"m{minute}"))
    found = await store.find_candidates(ACME, read_query("kettle"), [Kind.DEPLOYMENT], limit=2)
    shown = await store.read_deployments(ACME, [one.key for one in found[Kind.DEPLOYMENT]])
    assert sorted(one.external_id for one in shown) == ["m20", "m30"]


async def test_of_a_beginning_that_very_many_have_the_newest_are_found(store, monkeypatch):
    monkeypatch.setattr(titles, "LOOKED_AT", 2)
    monkeypatch.setattr(titles, "NEWEST_LOOKED_AT", 3)
    for number in range(1, 7):
        record = make_record(number, title=f"word{9 - number} kettle", started_at=moment(0) + timedelta(hours=number))
        await write(store, number, record)
    found = await ids(store, "word", limit=3)
    newest = await store.read_deployments(ACME, found)
    assert sorted(one.facts.title for one in newest) == ["word3 kettle", "word4 kettle", "word5 kettle"]
    assert len(await ids(store, "kett word")) >= 3
    assert len(await ids(store, "kettle")) >= 2


async def test_what_runs_now_is_the_last_success_of_its_service(store):
    success = {"state": make_report(State.SUCCESSFUL, moment(0))}
    written = [
        await write(store, number, make_record(number, services=("till",), started_at=moment(number), **success))
        for number in (1, 2)
    ]
    failed = await write(store, 3, make_record(3, services=("till",), state=make_report(State.FAILED, moment(9))))
    asked = [one.deployment_id for one in (*written, failed)]
    running = await store.list_running_ids(ACME, asked)
    assert len(running) == 1
    assert failed.deployment_id not in running
