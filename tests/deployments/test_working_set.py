"""Deployments that are decided together end as those that are decided one after another, each from what the store holds."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shipledger.access.credential import hash_secret
from shipledger.catalog.association_rules import RuleBook
from shipledger.catalog.host_aliases import NO_ALIASES
from shipledger.clock import Clock
from shipledger.deployments.listing import DeploymentFilter
from shipledger.ingestion.batch_settling import BatchSettling
from shipledger.ingestion.concerns import concerns_of
from shipledger.ingestion.issue_naming import IssueNaming
from shipledger.ingestion.patience import Patience
from shipledger.ingestion.rebuild import verify_projections
from shipledger.ingestion.settlements import Settlements
from shipledger.ingestion.task import Task
from shipledger.ingestion.task_queue import TaskQueue
from shipledger.ingestion.waiting import WaitingRoom
from shipledger.ledger.deployment import Deployment, external_alias
from shipledger.ledger.state import State
from shipledger.ledger.submission import Alias, ChangeState, Merge, Remove, RemoveMatching, Split, Submission, Target
from shipledger.protocols.datadog import translate as datadog
from shipledger.protocols.native import translate as native
from shipledger.store.contract import Store
from shipledger.store.open import open_store
from shipledger.store.upkeep.contract import Difference
from tests.support.datadog import STARTED, create_body
from tests.support.factories import START, make_credential, make_organization, make_receipt, make_report, moment
from tests.support.native import deployment
from tests.support.stores import STORES
from tests.support.worker_bench import Counts

CALLED = ("build-1-of-checkout", "build-2-of-checkout")
STARTS = ("2026-03-04T10:00:00Z", "2026-03-04T10:10:00Z", "2026-03-04T10:20:00Z", None)
ENDS = ("2026-03-04T10:25:00Z", "2026-03-04T10:30:00Z", None)


def reports() -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    """Runs, some of which have one name, and reports that only their place and time tell apart."""
    told = st.fixed_dictionaries(
        {
            "external_id": st.sampled_from((*CALLED, None)),
            "state": st.sampled_from(("in_progress", "successful", "failed")),
            "started_at": st.sampled_from(STARTS),
            "finished_at": st.sampled_from(ENDS),
            "environment": st.sampled_from(("production", "staging")),
            "version": st.sampled_from(("1", "2")),
        }
    )
    seen = st.fixed_dictionaries(
        {
            "id": st.sampled_from((*CALLED, None)),
            "finished_at": st.just(STARTED + 9_000),
            "started_at": st.sampled_from((STARTED, STARTED + 30, STARTED + 4_000)),
            "version": st.sampled_from(("1", "2", None)),
            "env": st.sampled_from(("prod", None)),
        }
    )
    return st.one_of(st.tuples(st.just("native"), told), st.tuples(st.just("datadog"), seen))


def changes() -> st.SearchStrategy[Submission]:
    """What is said of a deployment by the name that others gave it, removals, merges and splits."""
    names = st.sampled_from([external_alias("native", called) for called in CALLED])
    targets = st.builds(lambda name: Target(scope=name.scope, key=name.key), names)
    states = st.builds(
        lambda state, second: make_report(state, moment(second)), st.sampled_from([*State]), st.sampled_from((0, 700, 1300))
    )
    return st.one_of(
        st.builds(lambda target, state: ChangeState(source="native", target=target, state=state), targets, states),
        st.builds(lambda target: Remove(source="native", target=target), targets),
        st.builds(lambda name: RemoveMatching(source="native", aliases=(name,)), names),
        st.builds(lambda target, place: Merge(source="native", target=target, into=id_of(place)), targets, st.integers(2, 6)),
        st.builds(lambda target: Split(source="native", target=target), targets),
    )


def id_of(place: int) -> str:
    """That of what the receipt in a place records, if it is new."""
    return native.own_id(make_receipt(place).receipt_id, 0)


def in_turn(asked: Sequence[Any]) -> list[Any]:
    """Those that concern what is there by then: a change of what is not waits for its record, and others pass it."""
    there: set[str] = set()
    kept = []
    for one in asked:
        if isinstance(one, tuple):
            there |= {str(one[1].get("external_id"))}
        elif (called := one.aliases[0].key if isinstance(one, RemoveMatching) else one.target.key) not in there:
            continue
        elif isinstance(one, Remove | RemoveMatching):
            there.remove(called)
        kept.append(one)
    return kept


def make_task(organization_id: str, place: int, asked: tuple[str, dict[str, Any]] | Submission) -> Task:
    """The receipt in that place, and what it asks for."""
    receipt = make_receipt(place, organization_id=organization_id)
    if not isinstance(asked, tuple):
        return Task(receipt=receipt, submissions=(asked,))
    protocol, said = asked
    body = deployment(**said) if protocol == "native" else create_body(**said)
    operation = "record-deployment" if protocol == "native" else "create-deployment"
    interpret = native.interpret if protocol == "native" else datadog.interpret
    receipt = replace(receipt, protocol=protocol, operation=operation, parameters={}, body=json.dumps(body))
    return Task(receipt=receipt, submissions=interpret(receipt))


def make_node(store: Store) -> tuple[BatchSettling, WaitingRoom]:
    """A node, and where what has to wait for others waits."""
    waiting = WaitingRoom()
    naming = IssueNaming(
        store=store, rules=RuleBook(store, time.monotonic), sources=frozenset(), denied="", allowed="", monotonic=time.monotonic
    )
    settling = BatchSettling(
        store=store,
        clock=Clock(not_before=moment(1_000)),
        interpret=lambda _: (),
        settlements=Settlements(),
        observer=Counts(),
        patience=Patience(store=store, update_wait=timedelta(0)),
        waiting=waiting,
        naming=naming,
        aliases=NO_ALIASES,
        node_id="node",
    )
    return settling, waiting


async def settle(store: Store, tasks: Sequence[Task], *, together: int) -> None:
    """Settle receipts in order, so many at a time."""
    for task in tasks:
        task.noted, task.are_names_noted = concerns_of(task.receipt.organization_id, task.submissions or ()), True
    concerns = {task.receipt.receipt_id: task.concerns for task in tasks}
    await store.append_receipts([task.receipt for task in tasks], claimed_by="node", concerns=concerns)
    waits: list[Task] = []
    for first in range(0, len(tasks), together):
        waits = await settle_some(store, [*waits, *tasks[first : first + together]])
    while waits:
        waits = await settle_some(store, waits)


async def settle_some(store: Store, tasks: Sequence[Task]) -> list[Task]:
    """Settle receipts with nothing in memory, and return those that wait for others."""
    settling, waiting = make_node(store)
    queue = TaskQueue()
    await settling.settle(list(tasks), queue)
    return [*queue.take_all(), *waiting.take_all()]


def as_decided(one: Deployment) -> Deployment:
    """A deployment without whose it is, and when it was decided on."""
    return replace(one, organization_id="", recorded_at=START, updated_at=START, told=tuple(map(as_decided, one.told)))


async def read(store: Store, organization_id: str, tasks: Sequence[Task]) -> tuple[Any, ...]:
    """Every deployment of an organization, what became of each receipt, and whom each name means."""
    found = await store.list_deployments(organization_id, DeploymentFilter(limit=100))
    settled = [await store.find_settlement(organization_id, task.receipt.receipt_id) for task in tasks]
    meant = [await store.find_deployment(organization_id, Target(scope=name.scope, key=name.key)) for name in names_asked()]
    return (
        [as_decided(one) for one in found],
        [one.verdicts for one in settled if one is not None],
        [one and one.deployment_id for one in meant],
    )


def names_asked() -> list[Alias]:
    return [external_alias(source, called) for source in ("native", "datadog") for called in CALLED]


async def decide(store: Store, organization_id: str, asked: Sequence[Any], *, together: int) -> tuple[Any, ...]:
    """What becomes of an organization's receipts, so many at a time."""
    await store.save_organization(make_organization(organization_id))
    await store.create_credential(make_credential(1, organization_id=organization_id, secret_hash=hash_secret(organization_id)))
    tasks = [make_task(organization_id, place, one) for place, one in enumerate(asked, start=2)]
    await settle(store, tasks, together=together)
    return await read(store, organization_id, tasks)


async def find_damage(store: Store, folder: Path) -> list[Difference]:
    """Where the rows are not what the entries say."""
    damage: list[Difference] = []
    scratch = await open_store(f"sqlite:///{folder / 'scratch.db'}")
    try:
        await verify_projections(store, scratch, advance=lambda *_: None, report=damage.append)
    finally:
        await scratch.close()
    return damage


def test_a_batch_is_decided_as_its_receipts_would_be_one_by_one(tmp_path: Path) -> None:
    numbers = count()
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        store = runner.run(stack.enter_async_context(STORES["sqlite"](tmp_path)))
        runner.run(store.register_node("node"))

        @given(st.lists(st.one_of(reports(), reports(), changes()), min_size=2, max_size=8).map(in_turn))
        @settings(max_examples=25, deadline=None)
        def compare(asked: Sequence[Any]) -> None:
            number = next(numbers)
            one, all_ = (runner.run(decide(store, f"o-{number}-{together}", asked, together=together)) for together in (1, 99))
            assert one == all_

        try:
            compare()
            assert runner.run(find_damage(store, tmp_path)) == []
        finally:
            runner.run(stack.aclose())
