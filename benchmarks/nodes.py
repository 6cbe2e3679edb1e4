"""(n) two nodes on one PostgreSQL database against one of them."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack

import asyncpg
from msgspec import Struct

from benchmarks import bodies
from benchmarks.load import Job
from benchmarks.results import Result, Scale, expect
from benchmarks.servers import ANYWHERE, ours, start_measuring
from tests.support.program import RunningServer

SENDERS = 64
"""Connections of all senders, however many nodes they are spread over."""
WARMUP_SECONDS = 1.0
LEAST_SHARE = 0.8
APART = 1_000_000_000
"""So far apart are the numbers of what two nodes are sent."""
COUNT_PENDING = "SELECT count(*) FROM receipt WHERE state = 'pending'"


class Total(Struct, frozen=True):
    """What all nodes together did, and the number after the last that was sent."""

    creates_per_second: float
    verdicts_per_second: float
    next_number: int


def compare_nodes(scale: Scale, database_url: str) -> list[Result]:
    """Creates, and creates with their verdicts, of two nodes as a share of what one does alone."""
    alone, together = [], []
    with ours(database_url=database_url, core=ANYWHERE) as first:
        create = bodies.numbered_create(first.credential())
        number = 0
        for _ in range(scale.rounds):
            alone.append(_measure_total(scale, [first], database_url, create, number))
            with ours(database_url=database_url, core=ANYWHERE) as second:
                together.append(_measure_total(scale, [first, second], database_url, create, alone[-1].next_number))
            number = together[-1].next_number
    return [
        _compare("two nodes on one database: durable creates per second", alone, together, "creates_per_second"),
        _compare("two nodes: verdicts per second, first create to last verdict", alone, together, "verdicts_per_second"),
    ]


def _measure_total(scale: Scale, nodes: Sequence[RunningServer], database_url: str, create: list[bytes], number: int) -> Total:
    with ExitStack() as stack:
        generators = [
            stack.enter_context(
                start_measuring(
                    Job(
                        port=node.port,
                        numbered=create,
                        first_number=number + place * APART,
                        connections=SENDERS // len(nodes),
                        warmup_seconds=WARMUP_SECONDS,
                        seconds=scale.seconds,
                    ),
                    core=ANYWHERE,
                )
            )
            for place, node in enumerate(nodes)
        ]
        outcomes = [collect() for collect in generators]
    drained_seconds = _wait_until_settled(database_url)
    for outcome in outcomes:
        expect(outcome, {"202"})
    count = sum(sum(outcome.statuses.values()) for outcome in outcomes)
    return Total(
        creates_per_second=sum(outcome.per_second for outcome in outcomes),
        verdicts_per_second=count / (WARMUP_SECONDS + scale.seconds + drained_seconds),
        next_number=number + count,
    )


def _wait_until_settled(database_url: str) -> float:
    """Seconds until nothing waits for its verdict, on whatever node."""
    began = time.perf_counter()
    while asyncio.run(_count_pending(database_url)):
        time.sleep(0.05)
    return time.perf_counter() - began


async def _count_pending(database_url: str) -> int:
    connection = await asyncpg.connect(database_url)
    try:
        return int(await connection.fetchval(COUNT_PENDING))
    finally:
        await connection.close()


def _compare(what: str, alone: Sequence[Total], together: Sequence[Total], name: str) -> Result:
    pairs = [(getattr(one, name), getattr(two, name)) for one, two in zip(alone, together, strict=True)]
    share = statistics.median(two / one for one, two in pairs)
    return Result(
        letter="n",
        what=what,
        floor=f"one: {statistics.median(one for one, _ in pairs):,.0f}/s",
        ours=f"two: {statistics.median(two for _, two in pairs):,.0f}/s",
        figure=f"{share:.2f}",
        target=f"≥ {LEAST_SHARE}",
        is_met=share >= LEAST_SHARE,
    )
