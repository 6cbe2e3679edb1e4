"""(k) creates on PostgreSQL against the floor, (l) their settlement, (m) creates against one transaction for each, (o) room.

Nothing is held to a core here: node, PostgreSQL and generator share the cores as the system sees fit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from benchmarks import bodies
from benchmarks.creates import SUSTAINED_SHARE, compare_settling, count_answers, measure_settling, tell_full_speed
from benchmarks.load import Job, Outcome
from benchmarks.nodes import compare_nodes
from benchmarks.processor import Meter, compare_costs, find_pid
from benchmarks.results import NotMeasured, Result, Scale, compare, expect
from benchmarks.room import compare_room, measure_database, tell_memory
from benchmarks.servers import ANYWHERE, RunningFloor, measure, ours, resident_megabytes, running_floor, wait_until_settled
from tests.support.postgres import PostgresServer, look_for_binaries
from tests.support.program import RunningServer

CONNECTIONS_OF_SINGLES = 10
"""As many connections as a pool of asyncpg has unless told otherwise, and as a node of ours may open."""
DURABLE: dict[str, str] = {}
"""No settings but those that PostgreSQL comes with, which survive a power cut."""


def measure_postgres(scale: Scale) -> list[Result]:
    """(k), (l), (m), (o) on one node, and (n) on two. Raises NotMeasured where there is no PostgreSQL."""
    if look_for_binaries() is None:
        raise NotMeasured(
            "There is no PostgreSQL to measure with: apt-get install postgresql, or name the folder of its programs in "
            "SHIPLEDGER_TEST_POSTGRES_BIN."
        )
    with _running_postgres() as postgres:
        results = _measure_one(scale, postgres)
        return [*results, *compare_nodes(scale, new_database(postgres, "nodes"))]


def new_database(postgres: PostgresServer, name: str) -> str:
    """The address of an empty database."""
    asyncio.run(postgres.execute(f'CREATE DATABASE "{name}" TEMPLATE template0'))
    return postgres.url(name)


@contextmanager
def _running_postgres() -> Iterator[PostgresServer]:
    postgres = PostgresServer(settings=DURABLE)
    try:
        postgres.start()
        yield postgres
    finally:
        postgres.close()


def _floor(url: str, connections: int) -> AbstractContextManager[RunningFloor]:
    environment = {"FLOOR_URL": url, "FLOOR_CONNECTIONS": str(connections)}
    return running_floor("benchmarks.postgres_floor", environment, core=ANYWHERE)


def _measure_one(scale: Scale, postgres: PostgresServer) -> list[Result]:
    base, ledger = new_database(postgres, "floor"), new_database(postgres, "ledger")
    with (
        _floor(base, 1) as grouped,
        _floor(base, CONNECTIONS_OF_SINGLES) as single,
        ours(database_url=ledger, core=ANYWHERE) as server,
    ):
        create = bodies.numbered_create(server.credential())
        floors, singles, creates, settled, sustained, drains = [], [], [], [], [], []
        number = 0
        pid = find_pid(postgres)
        empty_bytes = measure_database(ledger)
        base_used, used = Meter(grouped.pid, pid), Meter(server.pid, pid)
        for _ in range(scale.rounds):
            with base_used.reading():
                floors.append(_measure_floor(scale, grouped, create))
            singles.append(_measure_floor(scale, single, create))
            with used.reading():
                outcome, rate = _measure_ours(scale, server, create, number)
                creates.append(outcome)
                settled.append(rate)
                drains.append(wait_until_settled(server))
                pace = SUSTAINED_SHARE * floors[-1].per_second
                outcome, rate = _measure_ours(scale, server, create, outcome.next_number, pace)
                sustained.append(rate)
                wait_until_settled(server)
            number = outcome.next_number
        return [
            compare("k", "durable creates per second on PostgreSQL", floors, creates, 0.5),
            compare_settling("l", floors, sustained),
            tell_full_speed("l", floors, settled, drains),
            compare_costs("l", (base_used, count_answers(floors)), (used, number)),
            compare("m", "durable creates per second, floor with a transaction for each", singles, creates, 3),
            compare_room("o", measure_database(ledger) - empty_bytes, number),
            tell_memory("o", "memory of the node after these creates", resident_megabytes(server)),
        ]


def _measure_floor(scale: Scale, floor: RunningFloor, create: list[bytes]) -> Outcome:
    outcome = measure(Job(port=floor.port, numbered=create, seconds=scale.seconds), core=ANYWHERE)
    expect(outcome, {"202"})
    return outcome


def _measure_ours(
    scale: Scale, server: RunningServer, create: list[bytes], number: int, rate: float | None = None
) -> tuple[Outcome, float]:
    job = Job(port=server.port, numbered=create, first_number=number, seconds=scale.seconds, rate=rate)
    outcome, verdicts = measure_settling(server, job, core=ANYWHERE)
    expect(outcome, {"202"})
    return outcome, verdicts
