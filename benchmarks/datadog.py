"""(i) synchronous creates of Datadog's API against the floor, and (j) its lists over many against few."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

from benchmarks import bodies
from benchmarks.dataset import Dataset, get_dataset
from benchmarks.load import Job
from benchmarks.results import Result, Scale, compare, compare_sizes, expect
from benchmarks.servers import floor, measure, ours
from tests.support.datadog import DORA, create_body, list_body

CREATED_SHARE = 0.35
SLOWEST = 10
READERS = 8
NO_LIMITS = {"datadog_writes_per_minute": "0", "datadog_reads_per_minute": "0"}


def measure_datadog(scale: Scale) -> list[Result]:
    """(i) creates that are answered when they are settled, and (j) one service's week."""
    return [*_measure_creates(scale), _measure_list(scale)]


def _measure_creates(scale: Scale) -> list[Result]:
    with floor() as base, ours(**NO_LIMITS) as server:
        made = server.run_json("credential", "create", "datadog", "--name", "bench")
        sent = create_body(
            service="checkout",
            env="production",
            id=f"build-{bodies.NUMBER}",
            version=f"v{bodies.NUMBER}",
            team="shop",
            custom_tags=["language:java", "department:engineering"],
            git={"repository_url": "https://github.com/acme/shop", "commit_sha": "66adc9350f2cc9b250b69abddab733dd55e1a588"},
        )
        body = json.dumps(sent, separators=(",", ":"))
        create = bodies.numbered_post(f"{DORA}/deployment", {"DD-API-KEY": made["api_key"]}, body)
        base_create = bodies.numbered_create("none")
        floors, creates, number = [], [], 0
        for _ in range(scale.rounds):
            floors.append(measure(Job(port=base.port, numbered=base_create, seconds=scale.seconds)))
            creates.append(measure(Job(port=server.port, numbered=create, first_number=number, seconds=scale.seconds)))
            expect(creates[-1], {"200", "202"})
            number = creates[-1].next_number
    delayed = sum(outcome.statuses.get("202", 0) for outcome in creates) / number
    slower = statistics.median(ours.p99_milliseconds / base.p99_milliseconds for base, ours in zip(floors, creates, strict=True))
    return [
        compare("i", "synchronous creates per second, with their verdicts", floors, creates, CREATED_SHARE),
        Result(
            letter="i",
            what="the slowest hundredth of them (p99)",
            floor=f"{statistics.median(one.p99_milliseconds for one in floors):.0f} ms",
            ours=f"{statistics.median(one.p99_milliseconds for one in creates):.0f} ms, {delayed:.0%} answered 202",
            figure=f"{slower:.1f} times",
            target=f"< {SLOWEST} times",
            is_met=slower < SLOWEST,
        ),
    ]


def _measure_list(scale: Scale) -> Result:
    many, few = get_dataset(scale.deployments), get_dataset(scale.few_deployments)
    with ours(Path(few.database), **NO_LIMITS) as small, ours(Path(many.database), **NO_LIMITS) as large:
        rounds = []
        for _ in range(scale.rounds):
            pair = []
            for server, dataset in ((small, few), (large, many)):
                pair.append(
                    measure(
                        Job(port=server.port, requests=[_list_request(dataset)], connections=READERS, seconds=scale.seconds / 2)
                    )
                )
                expect(pair[-1], {"200"})
            rounds.append((pair[0], pair[1]))
        what = f"list, a service's {bodies.BUSY_DEPLOYMENTS} deployments of a week: {many.count:,} against {few.count:,}"
        return compare_sizes("j", what, rounds, 2)


def _list_request(dataset: Dataset) -> bytes:
    begin, end = bodies.BUSY_WEEK
    window = {"from": bodies.to_wire(begin), "to": bodies.to_wire(end)}
    wanted = list_body(f"service:{bodies.BUSY_SERVICE}", **window, limit=bodies.BUSY_DEPLOYMENTS)
    (request,) = bodies.numbered_post(f"{DORA}/deployments", dataset.datadog_keys, json.dumps(wanted))
    return request
