"""What is silent for too long is given up: once, gradually, and not while the clock cannot tell how long it was."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from shipledger.catalog.organization_settings.model import ScopeKind, SettingScope
from shipledger.catalog.silence_limits import read_silence_limits
from shipledger.clock import EPOCH, Clock, Jump, steady_ns
from shipledger.deployments.listing import DeploymentFilter
from shipledger.gating.gate import GateStatus
from shipledger.ingestion import giving_up
from shipledger.ingestion.giving_up import GivingUp
from shipledger.ingestion.rebuild import rebuild_projections
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.history import RULES
from shipledger.ledger.receipt_listing import ReceiptFilter
from shipledger.ledger.silence import OPERATION
from shipledger.ledger.state import State
from shipledger.ledger.submission import GiveUp, Pipeline, Target
from shipledger.ledger.verdict import VerdictKind
from shipledger.store.contract import Store
from tests.support.factories import (
    ACME,
    RIVAL,
    START,
    make_amend,
    make_change,
    make_record,
    make_report,
    moment,
    write,
    write_all,
)
from tests.support.gating import decide_gate
from tests.support.settings import change_settings
from tests.support.stores import STORES
from tests.support.worker_bench import Bench, working

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LATER = START + 3 * DAY


class At(Clock):
    """A clock that says one time, and went on evenly until then."""

    def __init__(self, at: datetime = LATER, even_since: datetime | None = EPOCH) -> None:
        super().__init__()
        self.at = at
        self.even_since = even_since

    def now(self) -> datetime:
        return self.at


@pytest.fixture
async def store(request: pytest.FixtureRequest, tmp_path: Any) -> AsyncIterator[Store]:
    async with STORES[request.param](tmp_path) as opened:
        await opened.note_projection_rules(RULES)
        yield opened


def duty(store: Store, clock: Clock | None = None, limits: str = "", hours: float = 24, **bounds: int) -> GivingUp:
    return GivingUp(store, clock or At(), read_silence_limits(hours, limits), silent_seconds=10, **bounds)


async def asked(store: Store, organization_id: str = ACME) -> list[str]:
    """The deployments that the ledger has asked to give up, in the order of its receipts."""
    found = await store.list_receipts(organization_id, ReceiptFilter(limit=500))
    return [one.receipt.parameters["deployment_id"] for one in found if one.receipt.operation == OPERATION]


@asynccontextmanager
async def settling(store: Store) -> AsyncIterator[Bench]:
    """A worker that settles what is in the store until nothing is pending."""
    async with working(store) as bench:
        yield bench
        async with asyncio.timeout(10):
            while (await store.get_backlog()).pending:  # noqa: ASYNC110  the store has no signal for a test
                await asyncio.sleep(0.005)


async def find(store: Store, deployment: Deployment) -> Deployment:
    found = await store.find_deployment(deployment.organization_id, Target(key=deployment.deployment_id))
    assert found is not None
    return found


async def list_shown(store: Store, state: State) -> list[str]:
    return [one.deployment_id for one in await store.list_deployments(ACME, DeploymentFilter(state=state))]


@pytest.mark.both_stores
async def test_what_is_silent_is_given_up_once_and_found_as_unknown(store: Store) -> None:
    running = await write(store, 2, make_record(2))
    ended = await write(store, 3, make_record(3, state=make_report(State.SUCCESSFUL, moment(3))))
    clock = At(moment(2) + DAY - timedelta(seconds=1))
    await duty(store, clock).run()
    assert await asked(store) == []

    clock.at += timedelta(seconds=2)
    async with settling(store):
        await asyncio.gather(duty(store, clock).run(), duty(store, clock).run())  # two nodes at once
    await duty(store, clock).run()

    assert await asked(store) == [running.deployment_id]
    after = await find(store, running)
    assert (after.shown_state, after.state, after.version) == (State.UNKNOWN, State.IN_PROGRESS, 2)
    assert (await find(store, ended)).given_up is None
    assert await list_shown(store, State.UNKNOWN) == [running.deployment_id]
    assert await list_shown(store, State.IN_PROGRESS) == []
    last = (await store.list_entries(ACME, running.deployment_id))[-1]
    assert isinstance(last.submission, GiveUp)
    assert (last.submission.heard_at, last.submission.after_seconds) == (moment(2), 86_400)
    before = await store.digest_projections()
    await rebuild_projections(store, advance=lambda *_: None, report=lambda _: None)
    assert await store.digest_projections() == before


async def test_an_organization_and_its_pipelines_have_limits_of_their_own_over_those_of_the_installation(store: Store) -> None:
    named = [make_record(number, pipeline=Pipeline(id=f"p-{number}", name="Deploy")) for number in (2, 3)]
    slow, quick, other = await write_all(store, [*named, make_record(4)])
    await change_settings(store, ACME, silence_limit_hours=2)
    await change_settings(store, ACME, SettingScope(ScopeKind.PIPELINE, "P-2"), silence_limit_hours=0)
    await change_settings(store, ACME, SettingScope(ScopeKind.PIPELINE, "P-3"), silence_limit_hours=0.5)
    async with settling(store):
        await duty(store, At(moment(9) + HOUR)).run()
    assert await list_shown(store, State.UNKNOWN) == [quick.deployment_id]
    async with settling(store):
        await duty(store, limits="Deploy=1", clock=At(LATER)).run()
    assert sorted(await list_shown(store, State.UNKNOWN)) == sorted([quick.deployment_id, other.deployment_id])
    given_up = [(await find(store, one)).given_up for one in (quick, other)]
    assert [(one.after_seconds, one.set_for, one.rule) for one in given_up if one] == [
        (1_800, "pipeline P-3", ""),
        (7_200, "organization", ""),
    ]
    assert (await find(store, slow)).given_up is None


@pytest.mark.both_stores
async def test_killed_in_between_it_is_finished_once_by_another_node(store: Store) -> None:
    running = await write(store, 2, make_record(2))
    await duty(store).run()  # and then the node is killed: nothing is settled
    await duty(store, At(LATER + HOUR)).run()
    assert await asked(store) == [running.deployment_id]
    async with settling(store):
        await duty(store, At(LATER + HOUR)).run()
    assert (await find(store, running)).version == 2
    assert await asked(store) == [running.deployment_id]


async def test_a_report_that_comes_before_it_is_decided_wins(store: Store) -> None:
    running = await write(store, 2, make_record(2))
    await duty(store).run()
    await write(store, 4, make_change(running, State.SUCCESSFUL, at=moment(60)), running)
    async with settling(store) as bench:
        pass
    assert bench.counts.settled == [VerdictKind.SUPERSEDED]
    after = await find(store, running)
    assert (after.shown_state, after.given_up) == (State.SUCCESSFUL, None)


async def test_a_late_result_makes_it_disappear_and_a_later_silence_counts_anew(store: Store) -> None:
    running = await write(store, 2, make_record(2))
    async with settling(store):
        await duty(store).run()
    resumed = await write(
        store, 4, make_change(running, State.IN_PROGRESS, at=moment(90_000)), await find(store, running), accepted=LATER
    )
    assert (await find(store, running)).shown_state is State.IN_PROGRESS
    assert await list_shown(store, State.IN_PROGRESS) == [running.deployment_id]
    async with settling(store):
        await duty(store, At(LATER + DAY - HOUR)).run()
        assert len(await asked(store)) == 1
        await duty(store, At(LATER + DAY)).run()
    again = await find(store, running)
    assert again.is_given_up
    assert len(await asked(store)) == 2
    ended = await write(store, 5, make_change(resumed, State.FAILED, at=moment(99_000)), again)
    assert (ended.shown_state, ended.is_given_up) == (State.FAILED, False)


async def test_an_amendment_is_no_report_of_a_state(store: Store) -> None:
    running = await write(store, 2, make_record(2))
    await write(store, 3, make_amend(running, order=9, title="Now"), running, accepted=LATER)
    await duty(store).run()
    assert await asked(store) == [running.deployment_id]


@pytest.mark.both_stores
async def test_many_old_runs_expire_gradually_and_the_newest_first(store: Store) -> None:
    runs = [one.deployment_id for one in await write_all(store, [make_record(number) for number in range(1, 8)])]
    await write(store, 9, make_record(9), organization_id=RIVAL)
    clock, bounds = At(), {"most_a_pass": 3, "most_an_hour": 5}
    for expected in (3, 5, 5):
        async with settling(store):
            await duty(store, clock, **bounds).run()
        assert sorted(await asked(store)) == sorted(runs[-expected:])
    assert len(await asked(store, RIVAL)) == 1
    clock.at += HOUR + timedelta(seconds=1)
    async with settling(store):
        await duty(store, clock, **bounds).run()
    assert sorted(await asked(store)) == sorted(runs)


@pytest.mark.both_stores
async def test_those_that_may_be_silent_for_ever_keep_none_from_being_looked_at(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving_up, "_PAGE", 2)
    monkeypatch.setattr(giving_up, "_PAGES_A_PASS", 2)
    patient = [make_record(number, services=("patient",)) for number in range(2, 8)]
    first, *_ = await write_all(store, [make_record(1, services=("hasty",)), *patient])
    looking = duty(store, limits="patient=0")
    for _ in range(4):
        await looking.run()
    assert await asked(store) == [first.deployment_id]


@pytest.mark.parametrize("service,is_due", [("slow", False), ("fast", True), ("other", False)])
async def test_each_pipeline_has_its_own_limit(store: Store, service: str, is_due: bool) -> None:
    running = await write(store, 2, make_record(2, services=(service,)))
    await duty(store, At(START + 10 * HOUR), "slow=72, fast=6").run()
    assert await asked(store) == ([running.deployment_id] if is_due else [])


@pytest.mark.parametrize(
    "clock",
    [
        pytest.param(At(even_since=None), id="nobody knows since when the clock goes on evenly"),
        pytest.param(At(even_since=LATER - DAY + HOUR), id="the clock jumped less than the limit ago"),
        pytest.param(At(START, even_since=START), id="the clock was set back a little"),
        pytest.param(At(START - 9 * DAY, even_since=START - 9 * DAY), id="the clock was set back"),
    ],
)
async def test_nothing_is_given_up_while_the_clock_cannot_tell(store: Store, clock: At) -> None:
    await write(store, 2, make_record(2))
    await duty(store, clock).run()
    assert await asked(store) == []


async def test_nothing_is_given_up_just_after_a_jump(store: Store) -> None:
    await write(store, 2, make_record(2))
    clock = At()
    clock.jump = Jump(800 * DAY, steady_ns())
    await duty(store, clock).run()
    assert await asked(store) == []
    clock.jump = Jump(800 * DAY, steady_ns() - 61 * 10**9)
    await duty(store, clock).run()
    assert len(await asked(store)) == 1


async def test_what_was_accepted_while_the_clock_was_ahead_does_not_run_for_years(store: Store) -> None:
    running = await write(store, 2, make_record(2), accepted=START + 800 * DAY)
    await duty(store, At(even_since=LATER - DAY)).run()
    assert await asked(store) == [running.deployment_id]


@pytest.mark.both_stores
async def test_what_waits_for_a_decision_here_is_not_given_up(store: Store) -> None:
    record = replace(make_record(2, state=make_report(State.PENDING, moment(2))), asks_for_gate=True)
    waiting = await write(store, 2, record)
    await duty(store).run()
    assert await asked(store) == []
    gate = await store.find_gate(ACME, waiting.deployment_id)
    assert gate is not None
    await decide_gate(store, gate, GateStatus.ALLOWED, clock=At(LATER))
    await duty(store, At(LATER + DAY - HOUR)).run()
    assert await asked(store) == []
    await duty(store, At(LATER + DAY)).run()
    assert await asked(store) == [waiting.deployment_id]
    assert await store.list_messages_about(ACME, waiting.deployment_id) == []


async def test_nodes_of_the_version_before_are_waited_for(store: Store) -> None:
    await write(store, 2, make_record(2))
    await store.note_projection_rules(RULES - 1)
    await duty(store).run()
    assert await asked(store) == []


async def test_no_limit_gives_nothing_up(store: Store) -> None:
    await write(store, 2, make_record(2))
    await duty(store, hours=0).run()
    assert await asked(store) == []
