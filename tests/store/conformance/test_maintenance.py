from functools import reduce

import pytest

from shipledger.catalog.contract import RepositoryMapping, ServiceName
from shipledger.catalog.repositories.model import NameRepository
from shipledger.catalog.services.model import ChangeService
from shipledger.catalog.services.relation import Relation, RelationKind
from shipledger.ledger.fold import fold
from shipledger.ledger.state import State
from shipledger.ledger.submission import Target
from shipledger.store.projections.deployment_tables import TABLES
from tests.support.factories import (
    ACME,
    CHECKOUT,
    RIVAL,
    make_amend,
    make_change,
    make_record,
    make_removal,
    make_service,
    moment,
    write,
    write_all,
)
from tests.support.services import add_service_name, ask, create_service, map_repository


async def write_some(store):
    first = await write(store, 1, make_record(1, issue_keys=("ABC-1", "ABC-2"), original={"z": 1, "a": [1.5, None]}))
    second = await write(store, 2, make_change(first, State.FAILED, at=moment(8)), first)
    await write(store, 3, make_amend(second, order=7, external_id="b-1", properties={"z": "1", "a": "2"}), second)
    gone = await write(store, 4, make_record(4, external_id="b-2"))
    await write(store, 5, make_removal(gone), gone)
    await write(store, 1, make_record(1), organization_id=RIVAL)
    return first


async def rebuild(store):
    await store.clear_projections()
    async for history in store.read_histories("deployment"):
        await store.save_projections([reduce(fold, history, None)])


async def test_histories_come_one_deployment_after_another(store):
    await write_some(store)
    histories = [history async for history in store.read_histories("deployment")]
    assert [[entry.version for entry in history] for history in histories] == [[1, 2, 3], [1, 2], [1]]
    assert [history[0].organization_id for history in histories] == [ACME, ACME, RIVAL]
    assert await store.count_entries() == 6


@pytest.mark.pooled
async def test_histories_longer_than_a_chunk_stay_whole(store, monkeypatch):
    for module in ("histories", "verbs"):
        monkeypatch.setattr(f"shipledger.store.records.{module}.ENTRIES_PER_CHUNK", 7)
    made = await write_all(store, [make_record(number) for number in range(1, 31)])
    for number, one in enumerate(made[::3], start=31):
        await write(store, number, make_change(one, State.FAILED, at=moment(90)), one)
    histories = [history async for history in store.read_histories("deployment")]
    assert [[entry.version for entry in history] for history in histories] == [[1, 2], [1], [1]] * 10
    assert {history[0].deployment_id for history in histories} == {one.deployment_id for one in made}


@pytest.mark.pooled
async def test_a_rebuild_gives_the_same_projections(store):
    await write_some(store)
    before = await store.digest_projections()
    await rebuild(store)
    assert await store.digest_projections() == before
    assert await store.find_damage() == []


async def test_saving_again_changes_nothing(store):
    await write_some(store)
    before = await store.digest_projections()
    async for history in store.read_histories("deployment"):
        await store.save_projections([reduce(fold, history, None)])
    assert await store.digest_projections() == before


async def test_a_digest_sees_a_change_in_every_table(store):
    empty = await store.digest_projections()
    first = await write(store, 1, make_record(1, issue_keys=("SHIP-1",)))
    one = await store.digest_projections()
    await write(store, 2, make_amend(first, order=9, title="Other"), first)
    two = await store.digest_projections()
    deployments = {"deployment", *(one.table for one in TABLES)}
    services = {"service", "service_alias", "service_name", "service_relation", "service_repository"}
    plain = ("gate", "incident", "pull_request", "tier_policy", "setting", "member", "issuance", "webhook", "ignoring")
    others = {table for kind in plain for table in (kind, f"{kind}_alias")}
    others |= {"pull_request_commit", "incident_token", "pull_request_token"}
    repositories = {"named_repository", "repository_link", "repository_name"}
    assert set(empty) == deployments | others | services | repositories
    assert all((empty[table] != one[table]) is (table in deployments) for table in empty)
    await create_service(store, make_service(1))
    await map_repository(store, ACME, RepositoryMapping(make_service(1).service_id, CHECKOUT))
    await add_service_name(store, ACME, ServiceName(make_service(1).service_id, "shop"))
    await create_service(store, make_service(2))
    needs = Relation(RelationKind.DEPENDS_ON, make_service(2).service_id)
    await ask(store, ACME, ChangeService(make_service(1).service_id, relate=(needs,)))
    mapped = await store.digest_projections()
    assert {table for table in two if mapped[table] != two[table]} == services
    await ask(store, ACME, NameRepository("github.com/acme/shop", CHECKOUT))
    named = await store.digest_projections()
    assert {table for table in two if named[table] != mapped[table]} == repositories
    assert one["deployment"] != two["deployment"]
    assert one["deployment_alias"] == two["deployment_alias"]


@pytest.mark.pooled
async def test_cleared_projections_answer_nothing_and_are_reported(store):
    first = await write_some(store)
    await store.clear_projections()
    assert await store.find_deployment(ACME, Target(key=first.deployment_id)) is None
    assert await store.count_deployments(ACME) == 0
    found = await store.find_damage()
    assert {(one.organization_id, one.table) for one in found} == {(ACME, "deployment"), (RIVAL, "deployment")}
    assert first.deployment_id in {one.key for one in found}


@pytest.mark.pooled
async def test_a_rebuild_never_replaces_what_was_settled_meanwhile(store):
    first = await write(store, 1, make_record(1))
    second = await write(store, 2, make_change(first, State.SUCCESSFUL, at=moment(60)), first)
    other = await write(store, 3, make_record(3))
    await store.save_projections([first, other])
    assert await store.find_deployment(ACME, Target(key=first.deployment_id)) == second
    assert await store.find_damage() == []


async def test_a_sound_store_has_no_damage(store):
    assert await store.find_damage() == []
    await write_some(store)
    assert await store.find_damage() == []


async def test_it_describes_itself(store):
    facts = await store.describe()
    assert {"engine", "version", "location", "size_bytes", "revision"} <= set(facts)
    assert facts["size_bytes"] > 0
