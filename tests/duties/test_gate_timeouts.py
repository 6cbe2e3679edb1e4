"""A gate that nobody decides is prevented, once, and not while the clock cannot tell how long it waited."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from shipledger.catalog.contract import RepositoryMapping
from shipledger.catalog.organization_settings.model import WHOLE_ORGANIZATION, ScopeKind, SettingScope
from shipledger.catalog.service import ServiceDraft
from shipledger.clock import EPOCH, Clock, Jump, steady_ns
from shipledger.duties.gate_timeouts import GateTimeouts, describe_timeout
from shipledger.errors import DamagedRecord
from shipledger.gating.gate import KIND, GateStatus
from shipledger.ingestion.at_once import AskingStore
from shipledger.ingestion.rebuild import verify_projections
from shipledger.ledger.submission import Pipeline
from tests.support.factories import (
    ACME,
    CHECKOUT,
    RIVAL,
    make_credential,
    make_record,
    make_service,
    moment,
    write,
    write_all,
)
from tests.support.gating import decide_gate
from tests.support.services import create_service, map_repository
from tests.support.settings import change_settings
from tests.support.stores import STORES, opened

HOUR = timedelta(hours=1)


class At(Clock):
    """A clock that says one time, and went on evenly until then."""

    def __init__(self, at: datetime, even_since: datetime | None = EPOCH) -> None:
        super().__init__()
        self.at = at
        self.even_since = even_since

    def now(self) -> datetime:
        return self.at


@pytest.fixture(params=STORES)
async def store(request, tmp_path):
    async with STORES[request.param](tmp_path) as opened:
        yield opened


def ask(number):
    return replace(make_record(number, sequence=number), asks_for_gate=True)


def timeouts(store, clock):
    return GateTimeouts(store, clock, AskingStore(store, clock), HOUR)


def run_sql(folder, statement):
    with closing(sqlite3.connect(folder / "ledger.db")) as connection, connection:
        connection.execute(statement)


async def statuses(store, organization_id=ACME):
    return [gate.status for gate in await store.list_gates(organization_id, status=None, before_number=None, limit=9)]


async def test_what_waited_for_the_whole_time_is_prevented_once_in_each_organization(store):
    await store.create_credential(make_credential(1, organization_id=RIVAL, secret_hash=bytes(32)))
    first = await write(store, 1, ask(1))
    await write(store, 1, ask(1), organization_id=RIVAL)
    gate = await store.find_gate(ACME, first.deployment_id)
    clock = At(gate.asked_at + HOUR - timedelta(seconds=1))
    await timeouts(store, clock).run()
    assert await statuses(store) == [GateStatus.AWAITING]
    clock.at += timedelta(seconds=2)
    await write(store, 3600, ask(3600))
    await asyncio.gather(*(timeouts(store, clock).run() for _ in range(2)))  # two nodes at once
    prevented = await store.find_gate(ACME, first.deployment_id)
    assert (prevented.status, prevented.changed_at, prevented.reason) == (
        GateStatus.PREVENTED,
        clock.at,
        "Nobody decided within 1 hour.",
    )
    assert str(prevented.changes[1].actor) == "duty:gate-timeout"
    assert await statuses(store) == [GateStatus.AWAITING, GateStatus.PREVENTED]
    assert await statuses(store, RIVAL) == [GateStatus.PREVENTED]


async def test_all_gates_that_ran_out_of_time_are_asked_for_as_one_receipt(store):
    gates = [await store.find_gate(ACME, one.deployment_id) for one in await write_all(store, [ask(1), ask(2), ask(3)])]
    await decide_gate(store, gates[1], GateStatus.ALLOWED)
    await timeouts(store, At(gates[0].asked_at + 9 * HOUR)).run()
    kept = [await store.list_entries_of(KIND, ACME, gate.gate_id) for gate in gates]
    assert [entries[-1].submission.status for entries in kept] == [GateStatus.PREVENTED, GateStatus.ALLOWED, GateStatus.PREVENTED]
    assert kept[0][-1].receipt_id == kept[2][-1].receipt_id


async def test_a_decision_that_was_made_stands(store):
    asked = await write(store, 1, ask(1))
    gate = await store.find_gate(ACME, asked.deployment_id)
    await decide_gate(store, gate, GateStatus.ALLOWED)
    decided = await store.find_gate(ACME, asked.deployment_id)
    await timeouts(store, At(gate.asked_at + 9 * HOUR)).run()
    assert await store.find_gate(ACME, asked.deployment_id) == decided


@pytest.mark.parametrize("is_jumping", [True, False])
async def test_nothing_is_prevented_while_the_clock_cannot_tell(store, is_jumping):
    (asked,) = await write_all(store, [ask(1)])
    gate = await store.find_gate(ACME, asked.deployment_id)
    clock = At(gate.asked_at + 9 * HOUR, even_since=EPOCH if is_jumping else gate.asked_at + 8 * HOUR + timedelta(minutes=1))
    if is_jumping:
        clock.jump = Jump(by=9 * HOUR, at_ns=steady_ns())
    await timeouts(store, clock).run()
    assert await statuses(store) == [GateStatus.AWAITING]


async def test_one_that_was_asked_for_while_the_clock_was_ahead_does_not_wait_for_years(store):
    (asked,) = await write_all(store, [ask(1)])
    gate = await store.find_gate(ACME, asked.deployment_id)
    await timeouts(store, At(gate.asked_at - timedelta(days=900))).run()
    assert await statuses(store) == [GateStatus.PREVENTED]


async def test_a_pipeline_a_service_and_its_team_have_time_outs_of_their_own_over_those_of_organization_and_installation(store):
    """One hour is the installation's. Two gates share the page with one that waits for ever."""
    service = replace(make_service(6, name="Till"), draft=ServiceDraft("Till", team_id="Web"))
    await create_service(store, service)
    await map_repository(store, ACME, RepositoryMapping(service.service_id, CHECKOUT))
    deployments = [
        replace(ask(number), facts=replace(ask(number).facts, pipeline=Pipeline(id=f"p-{number}", name=f"Deploy {number}")))
        for number in (1, 2)
    ]
    other = replace(ask(3), facts=replace(ask(3).facts, releases=()))
    await write_all(store, [*deployments, other])

    async def find_prevented(hours):
        clock = At(moment(3) + timedelta(hours=hours, seconds=9))
        await timeouts(store, clock).run()
        found = await store.list_gates(ACME, status=GateStatus.PREVENTED, before_number=None, limit=9)
        return {gate.number: gate.reason for gate in found}

    for scope, hours in (
        (WHOLE_ORGANIZATION, 4),
        (SettingScope(ScopeKind.TEAM, "web"), 3),
        (SettingScope(ScopeKind.PIPELINE, "deploy 2"), 0),
    ):
        await change_settings(store, ACME, scope, gate_timeout_hours=hours)
    assert await find_prevented(2) == {}
    until = "Nobody decided within {}, the time-out of the {}."
    prevented = {1: until.format("3 hours", "team web")}
    assert await find_prevented(3) == prevented
    prevented[3] = until.format("4 hours", "organization")
    assert await find_prevented(900) == prevented
    await change_settings(store, ACME, SettingScope(ScopeKind.SERVICE, service.service_id), gate_timeout_hours=5)
    await change_settings(store, ACME, SettingScope(ScopeKind.PIPELINE, "Deploy 2"), gate_timeout_hours=None)
    assert await find_prevented(4) == prevented
    assert await find_prevented(5) == prevented | {2: until.format("5 hours", "service Till")}


async def test_nothing_is_prevented_by_settings_that_cannot_be_read_and_a_changed_one_is_noticed(tmp_path):
    async with STORES["sqlite"](tmp_path) as store, opened(f"sqlite:///{tmp_path / 'scratch.db'}") as scratch:
        await change_settings(store, ACME, gate_timeout_hours=9)
        (asked,) = await write_all(store, [ask(1)])
        gate = await store.find_gate(ACME, asked.deployment_id)
        run_sql(tmp_path, "UPDATE setting SET document = replace(document, '9.0', '8.0')")
        damage = []
        await verify_projections(store, scratch, advance=lambda *_: None, report=damage.append)
        assert "setting" in {one.table for one in damage}
        run_sql(tmp_path, "UPDATE setting SET document = '{'")
        with pytest.raises(DamagedRecord):
            await timeouts(store, At(gate.asked_at + 99 * HOUR)).run()
        assert await statuses(store) == [GateStatus.AWAITING]


@pytest.mark.parametrize("hours, said", [(1, "1 hour"), (0.5, "0.5 hours"), (30, "30 hours"), (168, "7 days")])
def test_the_reason_says_how_long_it_waited(hours, said):
    assert describe_timeout(timedelta(hours=hours)) == f"Nobody decided within {said}."
