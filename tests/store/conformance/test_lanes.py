"""What runs of a service in each environment, in whatever order it was told, and after every kind of change."""

from __future__ import annotations

from random import Random

from msgspec.structs import replace

from shipledger.catalog.contract import RepositoryMapping, ServiceName
from shipledger.deployments.listing import DeploymentFilter
from shipledger.ingestion.rebuild import rebuild_projections, verify_projections
from shipledger.ledger.identity import derive_id
from shipledger.ledger.lanes import Neighbours, Part, part_of, place_in_lane
from shipledger.ledger.state import State
from shipledger.ledger.submission import Release
from shipledger.store.open import open_store
from tests.support.factories import (
    ACME,
    CHECKOUT,
    RIVAL,
    STAGING,
    make_amend,
    make_change,
    make_id,
    make_organization,
    make_record,
    make_removal,
    make_report,
    make_service,
    moment,
    write,
)
from tests.support.services import add_service_name, create_service, map_repository

SERVICE = make_service(1, name="Till")
ELSEWHERE = (Release(repository="bitbucket.org/acme/other", commit="1" * 40),)


def titles(lanes):
    return [
        (lane.environment, *(one and one.facts.title for one in (lane.runs, lane.before, lane.under_way, lane.other)))
        for lane in lanes
    ]


async def prepare(store, organization_id=ACME):
    if organization_id not in (ACME, RIVAL):
        await store.save_organization(make_organization(organization_id))
    await create_service(store, replace(SERVICE, organization_id=organization_id))
    await map_repository(store, organization_id, RepositoryMapping(service_id=SERVICE.service_id, repository=CHECKOUT))


def story():
    """Records that are told in any order, each with what is told of it later."""
    success = {"state": make_report(State.SUCCESSFUL, moment(0))}
    return [
        (make_record(1, title="A", state=make_report(State.SUCCESSFUL, moment(11))), None),
        (make_record(2, title="B"), State.SUCCESSFUL),
        (make_record(3, title="C", state=make_report(State.SUCCESSFUL, moment(13))), "removed"),
        (make_record(4, title="D", state=make_report(State.FAILED, moment(14))), None),
        (make_record(5, title="E", services=("till",), releases=ELSEWHERE), None),
        (make_record(6, title="S", environment=STAGING, **success), "to production"),
        (make_record(7, title="T", environment=STAGING, state=make_report(State.SUCCESSFUL, moment(7))), State.ROLLED_BACK),
        (make_record(8, title="U", environment=replace(STAGING, id="run-8", name="STAGING"), **success), None),
        (make_record(9, title="Of others", releases=ELSEWHERE, **success), None),
    ]


async def tell(store, organization_id, order):
    """All of the story in this order; ids come from the place in it."""
    told, number = story(), 100
    for place in order:
        record, later = told[place]
        number += 1
        record = replace(record, deployment_id=derive_id(make_id(number), 0, "deployment"))
        deployment = await write(store, number, record, organization_id=organization_id)
        number += 1
        if isinstance(later, State):
            change = make_change(deployment, later, at=moment(12))
            await write(store, number, change, deployment, organization_id=organization_id)
        elif later == "removed":
            await write(store, number, make_removal(deployment), deployment, organization_id=organization_id)
        elif later:
            amend = make_amend(deployment, order=number, environment=replace(STAGING, id="prod", name="Production"))
            await write(store, number, amend, deployment, organization_id=organization_id)


async def test_any_order_of_arrival_gives_the_same_lanes(store, tmp_path):
    random = Random(4)
    orders = [list(range(len(story()))), list(reversed(range(len(story()))))]
    orders += [random.sample(orders[0], k=len(orders[0])) for _ in range(3)]
    for number, order in enumerate(orders):
        organization_id = f"organization-{number}"
        await prepare(store, organization_id)
        await tell(store, organization_id, order)
        lanes = await store.list_lanes(organization_id, SERVICE.service_id)
        assert titles(lanes) == [("Production", "B", "A", "E", "D"), ("Staging", "U", None, None, "T")], order
    before = await store.digest_projections()
    await rebuild_projections(store, advance=lambda *_: None, report=lambda _: None)
    assert await store.digest_projections() == before
    scratch = await open_store(f"sqlite:///{tmp_path / 'scratch.db'}")
    try:
        verified = await verify_projections(store, scratch, advance=lambda *_: None, report=lambda _: None)
    finally:
        await scratch.close()
    assert (verified.was_quiet, verified.differences) == (True, 0)
    assert [one.stored == one.computed for one in verified.digests if one.table == "lane"] == [True]


async def test_a_mapping_and_a_name_count_for_what_was_told_before(store):
    await write(store, 1, make_record(1, title="Named", services=("Cash desk",), releases=()))
    await write(store, 2, make_record(2, title="Of the repository"))
    await create_service(store, SERVICE)
    assert await store.list_lanes(ACME, SERVICE.service_id) == []
    await add_service_name(store, ACME, ServiceName(service_id=SERVICE.service_id, name="cash DESK"))
    assert titles(await store.list_lanes(ACME, SERVICE.service_id)) == [("Production", None, None, "Named", None)]
    await map_repository(store, ACME, RepositoryMapping(service_id=SERVICE.service_id, repository=CHECKOUT))
    assert titles(await store.list_lanes(ACME, SERVICE.service_id)) == [("Production", None, None, "Of the repository", None)]
    assert await store.list_lanes(RIVAL, SERVICE.service_id) == []


async def test_what_stands_next_to_each_is_what_comes_next_by_place(store):
    await prepare(store)
    await tell(store, ACME, [3, 8, 0, 5, 2, 7, 1, 6, 4])
    found = await store.list_deployments(ACME, DeploymentFilter())
    lanes = [{"A", "B", "D", "E", "S"}, {"T", "U"}, {"E", "Of others"}]
    for one in found:
        title = one.facts.title
        is_of_service = title != "Of others"
        lane = next(titles for titles in lanes if title in titles)
        others = [other for other in found if other.facts.title in lane]
        before = [other for other in others if place_in_lane(other) < place_in_lane(one)]
        after = [other for other in others if place_in_lane(other) > place_in_lane(one)]
        ran = [other for other in before if part_of(other) is Part.RAN]
        ended = [other for other in after if part_of(other) is not Part.UNDER_WAY]
        expected = Neighbours(
            previous=max(before, key=place_in_lane, default=None),
            next=min(after, key=place_in_lane, default=None),
            ran_before=max(ran, key=place_in_lane, default=None),
            ended_after=min(ended, key=place_in_lane, default=None),
        )
        services = [SERVICE.service_id] if is_of_service else []
        assert await store.find_neighbours(one, services) == expected, title
