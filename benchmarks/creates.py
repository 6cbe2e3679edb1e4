"""(a) creates against the floor, and (b) their settlement."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

from benchmarks import bodies
from benchmarks.load import Job, Outcome
from benchmarks.results import Result, Scale, compare, expect
from benchmarks.servers import (
    floor,
    measure,
    ours,
    processor_seconds,
    read_counters,
    resident_megabytes,
    start_measuring,
    wait_until_settled,
)
from tests.support.program import RunningServer

STEADY_RATE = 1_000.0
SAMPLE_SECONDS = 0.5
SETTLED_SHARE = 0.2
SUSTAINED_SHARE = 0.22
"""Creates come a little faster than the target for settlement, which can settle no more than comes."""


def measure_creates(scale: Scale) -> list[Result]:
    """(a) creates against the floor, and (b) settlement while accepting."""
    with floor() as base, ours() as server:
        create = bodies.numbered_create(server.credential())
        floors, creates, settled_rates, sustained_rates, drains = [], [], [], [], []
        number = 0
        base_began, began = processor_seconds(base.pid), processor_seconds(server.pid)
        for _ in range(scale.rounds):
            floors.append(measure(Job(port=base.port, numbered=create, seconds=scale.seconds)))
            outcome, rates = measure_settling(
                server, Job(port=server.port, numbered=create, first_number=number, seconds=scale.seconds)
            )
            expect(outcome, {"202"})
            number = outcome.next_number
            creates.append(outcome)
            settled_rates.append(rates)
            drains.append(wait_until_settled(server))
            rate = SUSTAINED_SHARE * floors[-1].per_second
            outcome, sustained = measure_settling(
                server,
                Job(port=server.port, numbered=create, first_number=number, seconds=scale.seconds, rate=rate),
            )
            expect(outcome, {"202"})
            number = outcome.next_number
            sustained_rates.append(sustained)
            wait_until_settled(server)
        base_used, used = processor_seconds(base.pid) - base_began, processor_seconds(server.pid) - began
        costs = _describe_costs((base_used, count_answers(floors)), (used, number))
        steady = _measure_steady(server, create, number, scale.steady_seconds)
        return [
            compare("a", "durable creates per second", floors, creates, 0.5),
            compare_settling("b", floors, sustained_rates),
            tell_full_speed("b", floors, settled_rates, drains),
            steady,
            costs,
            Result(
                letter="e",
                what=f"memory after {number:,} creates at full speed",
                floor="",
                ours=f"{resident_megabytes(server):.0f} MB, at most {resident_megabytes(server, 'VmHWM'):.0f} MB",
                figure="",
                target="",
                is_met=None,
            ),
        ]


def measure_settling(server: RunningServer, job: Job, *, core: int | None = 1) -> tuple[Outcome, float]:
    """The outcome of the job, and the verdicts per second within its measured time."""
    with start_measuring(job, core=core) as collect:
        time.sleep(job.warmup_seconds + SAMPLE_SECONDS)
        first, began = read_counters(server), time.perf_counter()
        time.sleep(max(SAMPLE_SECONDS, job.seconds - 2 * SAMPLE_SECONDS))
        last, ended = read_counters(server), time.perf_counter()
        return collect(), (last["settled"] - first["settled"]) / (ended - began)


def _measure_steady(server: RunningServer, numbered: list[bytes], number: int, seconds: float) -> Result:
    """Whether the backlog grows at a rate that a company has in bursts."""
    backlogs: list[tuple[float, float]] = []
    job = Job(port=server.port, numbered=numbered, first_number=number, seconds=seconds, rate=STEADY_RATE)
    with start_measuring(job) as collect:
        time.sleep(job.warmup_seconds + SAMPLE_SECONDS)
        end = time.perf_counter() + seconds - SAMPLE_SECONDS
        while time.perf_counter() < end:
            counters = read_counters(server)
            backlogs.append((time.perf_counter(), counters["accepted"] - counters["settled"]))
            time.sleep(SAMPLE_SECONDS)
        outcome = collect()
    expect(outcome, {"202"})
    growth = statistics.linear_regression(*zip(*backlogs, strict=True)).slope
    return Result(
        letter="b",
        what=f"backlog at {STEADY_RATE:,.0f} creates per second for {seconds:.0f} s",
        floor="",
        ours=f"{outcome.per_second:,.0f}/s, p50 {outcome.p50_milliseconds:.1f} ms, p99 {outcome.p99_milliseconds:.0f} ms",
        figure=f"{growth:+.1f} receipts/s, at most {max(backlog for _, backlog in backlogs):,.0f}",
        target="does not grow",
        is_met=growth < STEADY_RATE / 100 and outcome.per_second > 0.98 * STEADY_RATE,
    )


def compare_settling(letter: str, floors: Sequence[Outcome], rates: Sequence[float]) -> Result:
    """Verdicts that kept up with creates, as a share of the floor's creates."""
    ratio = statistics.median(rate / floor.per_second for floor, rate in zip(floors, rates, strict=True))
    return Result(
        letter=letter,
        what=f"verdicts per second, sustained while creates come at {SUSTAINED_SHARE} of the floor",
        floor=f"{statistics.median(floor.per_second for floor in floors):,.0f}/s",
        ours=f"{statistics.median(rates):,.0f}/s",
        figure=f"{ratio:.2f}",
        target=f"≥ {SETTLED_SHARE}",
        is_met=ratio >= SETTLED_SHARE,
    )


def tell_full_speed(letter: str, floors: Sequence[Outcome], rates: Sequence[float], drains: Sequence[float]) -> Result:
    """Under full pressure settlement holds back by design, and the durable backlog is settled when it ends: no target."""
    ratio = statistics.median(rate / floor.per_second for floor, rate in zip(floors, rates, strict=True))
    return Result(
        letter=letter,
        what="verdicts per second while creates come as fast as they are accepted",
        floor=f"{statistics.median(floor.per_second for floor in floors):,.0f}/s",
        ours=f"{statistics.median(rates):,.0f}/s, then {statistics.median(drains):.1f} s for the rest",
        figure=f"{ratio:.2f}",
        target="",
        is_met=None,
    )


def _describe_costs(base: tuple[float, int], ledger: tuple[float, int]) -> Result:
    """Processor time is what a busy machine does not blur."""
    base_cost, cost = (1_000_000 * seconds / count for seconds, count in (base, ledger))
    return Result(
        letter="b",
        what="processor time for one create, ours with its settlement",
        floor=f"{base_cost:.0f} us",
        ours=f"{cost:.0f} us",
        figure=f"{cost / base_cost:.1f} times",
        target="",
        is_met=None,
    )


def count_answers(outcomes: Sequence[Outcome]) -> int:
    """All answers, those before the measured time included."""
    return sum(sum(outcome.statuses.values()) for outcome in outcomes)
