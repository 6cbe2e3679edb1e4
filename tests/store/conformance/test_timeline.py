"""What was under way in a time, whenever it started and however long it took."""

from __future__ import annotations

from msgspec.structs import replace

from shipledger.deployments.stretches import StretchFilter
from shipledger.incidents.model import Incident, IncidentFacts
from shipledger.ledger.state import State, Tier
from tests.support.factories import ACME, RIVAL, STAGING, make_record, make_report, moment, write

DAY = 24 * 60


def minute(number):
    return moment(60 * number)


async def put(store, number, begin, end, *, state=State.SUCCESSFUL, organization_id=ACME, **changes):
    reported = make_report(state, minute(end) if end is not None else minute(begin))
    record = make_record(number, started_at=minute(begin), state=reported, **changes)
    return (await write(store, number, record, organization_id=organization_id)).deployment_id


async def test_those_that_were_under_way_are_found_by_lanes_and_without(store):
    ids = {
        "inside": await put(store, 1, 100, 110),
        "over the beginning": await put(store, 2, 80, 95),
        "over the end": await put(store, 3, 190, 230),
        "for years": await put(store, 4, -5 * 365 * DAY, 300),
        "before": await put(store, 5, 60, 70),
        "after": await put(store, 6, 500, 510),
        "hangs": await put(store, 7, -30 * DAY, None, state=State.IN_PROGRESS),
        "pends": await put(store, 8, -40 * DAY, None, state=State.PENDING),
        "long ago": await put(store, 9, -30 * DAY, -29 * DAY),
    }
    await put(store, 20, 100, 110, organization_id=RIVAL)
    named = {one: name for name, one in ids.items()}
    wanted = StretchFilter(since=minute(90), until=minute(200))
    inside = ["for years", "pends", "hangs", "over the beginning", "inside", "over the end"]

    found, is_cut = await store.list_stretches(ACME, wanted)
    assert ([named[one.deployment_id] for one in found], is_cut) == (inside, False)
    keys = tuple({key for one in found for key in one.lane_keys})
    assert keys
    found, is_cut = await store.list_stretches(ACME, replace(wanted, lane_keys=keys))
    assert ([named[one.deployment_id] for one in found], is_cut) == (inside, False)
    assert await store.list_stretches(ACME, replace(wanted, lane_keys=())) == ([], False)

    found, is_cut = await store.list_stretches(ACME, replace(wanted, limit=1))
    assert is_cut
    assert "over the end" in {named[one.deployment_id] for one in found}
    for keys_or_none in (None, keys):
        found, _ = await store.list_stretches(ACME, replace(wanted, lane_keys=keys_or_none, ahead=9))
        assert [named[one.deployment_id] for one in found][-1] == "after"
    (long,) = [one for one in found if one.deployment_id == ids["for years"]]
    assert (long.started_at, long.ended_at) == (minute(-5 * 365 * DAY), minute(300))


async def test_they_are_narrowed_by_environment_and_tier(store):
    await put(store, 1, 100, 110)
    staged = await put(store, 2, 100, 110, environment=STAGING)
    wanted = StretchFilter(since=minute(90), until=minute(200))

    async def find(**changes):
        found, _ = await store.list_stretches(ACME, replace(wanted, **changes))
        return [one.deployment_id for one in found]

    key = STAGING.name.casefold()
    assert len(await find()) == 2
    assert await find(environment_keys=(key,)) == [staged]
    assert await find(environment_keys=("x",), environment_id=STAGING.id) == [staged]
    assert await find(tier=Tier.STAGING) == [staged]
    assert await find(environment_keys=("x",)) == []


async def test_incidents_that_lasted_then_are_found(store):
    def incident(number, begin, end):
        started_at = minute(begin)
        facts = IncidentFacts(started_at=started_at, **({} if end is None else {"ended_at": minute(end)}))
        return Incident(
            organization_id=ACME,
            incident_id=f"i{number}",
            source="native",
            version=1,
            recorded_at=started_at,
            updated_at=started_at,
            facts=facts,
            orders={},
        )

    told = [(1, -9 * DAY, None), (2, -9 * DAY, 150), (3, 100, 110), (4, 50, 80), (5, 150, 900), (6, 300, 310), (7, 300, None)]
    await store.save_records([incident(*one) for one in told])
    window = {"since": minute(90), "until": minute(200)}
    found, has_more = await store.list_incidents_during(ACME, **window, limit=9)
    assert ([one.incident_id for one in found], has_more) == (["i1", "i2", "i3", "i5"], False)
    found, has_more = await store.list_incidents_during(ACME, **window, limit=2)
    assert ([one.incident_id for one in found], has_more) == (["i3", "i5"], True)
