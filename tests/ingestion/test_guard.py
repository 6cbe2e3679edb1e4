"""Two nodes that record the same deployment at once, which neither tells by an id: one of them must notice."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from shipledger.deployments.knowledge import DeploymentKnowledge
from shipledger.deployments.working_set import all_lookups
from shipledger.errors import Conflict
from shipledger.ingestion.batch import decide_batch
from shipledger.ingestion.task import Task
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.submission import Alias, Recognition, RecordDeployment
from shipledger.ledger.verdict import VerdictKind
from shipledger.store.contract import Store
from tests.support.factories import ACME, make_receipt, make_record, moment

COARSE = Alias(scope="moment", key="checkout at ten")


def make_task(number: int, **facts: str) -> Task:
    """A receipt that records a deployment of one moment, told by its version only."""
    record: RecordDeployment = replace(
        make_record(number, **facts),
        identities=(Alias(scope="id", key=str(number)),),
        recognition=Recognition(names=(COARSE,), agreeing=("version",)),
    )
    return Task(receipt=make_receipt(number), submissions=[record])


class Node:
    """One of several nodes: what it has loaded may be old when it decides."""

    def __init__(self, store: Store, *tasks: Task) -> None:
        self.store = store
        self.tasks = tasks

    async def load(self) -> None:
        self.loaded = await self.store.load(all_lookups((ACME, task.submissions or ()) for task in self.tasks))

    async def settle(self, *, is_guarded: bool = True) -> list[VerdictKind]:
        outcome = decide_batch(
            self.tasks,
            {Deployment.kind: DeploymentKnowledge(self.loaded)},
            may_wait=frozenset(),
            is_guarded=is_guarded,
            now=moment(100),
        )
        await self.store.settle(outcome.settlement)
        return [verdict.kind for settled in outcome.settlement.receipts for verdict in settled.verdicts]


async def make_nodes(store: Store, *tasks: Task) -> list[Node]:
    """A node for each task, all of which have loaded at the same time."""
    await store.append_receipts([task.receipt for task in tasks], claimed_by="node")
    nodes = [Node(store, task) for task in tasks]
    for node in nodes:
        await node.load()
    return nodes


@pytest.mark.both_stores
async def test_the_node_that_comes_second_is_told_and_then_recognizes_the_deployment(store):
    first, second = await make_nodes(store, make_task(1, version="v1"), make_task(2))
    assert await first.settle() == [VerdictKind.APPLIED]
    with pytest.raises(Conflict):
        await second.settle()
    await second.load()
    assert await second.settle() == [VerdictKind.APPLIED]
    assert await store.count_deployments(ACME) == 1


async def test_another_deployment_of_the_same_moment_is_recorded_beside_the_first(store):
    first, second, third = await make_nodes(store, *(make_task(number, version=f"v{number}") for number in (1, 2, 3)))
    await first.settle()
    for node, later in ((second, third), (third, None)):
        await node.load()
        if later is not None:
            await later.load()
        await node.settle()
        if later is not None:
            with pytest.raises(Conflict):
                await later.settle()
    assert await store.count_deployments(ACME) == 3


async def test_a_guard_that_is_taken_for_good_does_not_stop_the_last_attempt(store):
    late, first, second = await make_nodes(store, *(make_task(number, version=f"v{number}") for number in (1, 2, 3)))
    await first.settle()
    await late.load()
    await late.settle()
    await second.load()
    with pytest.raises(Conflict):
        await second.settle()
    await second.settle(is_guarded=False)
    assert await store.count_deployments(ACME) == 3
