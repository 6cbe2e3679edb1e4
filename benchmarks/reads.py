"""(c) get by id against the floor, (d) search over many against few, (e) memory and (f) the start with many."""

from __future__ import annotations

import os
import random
import statistics
import time
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import bodies
from benchmarks.dataset import Dataset, get_dataset
from benchmarks.load import Job
from benchmarks.results import Result, Scale, compare, expect
from benchmarks.servers import fetch, floor, measure, ours, resident_megabytes
from tests.support.program import RunningServer

READ_DOCUMENT = "SELECT document FROM deployment WHERE organization_id = '{}' AND deployment_id = :deployment_id"


def measure_reads(scale: Scale) -> list[Result]:
    """(c) get by id against the floor, (d) search over many against over few, (e) memory with many."""
    many, few = get_dataset(scale.deployments), get_dataset(scale.few_deployments)
    query = READ_DOCUMENT.format(many.organization_id)
    with floor(ledger=many.database, query=query) as base, ours(Path(many.database)) as server:
        gets = [bodies.get_request(f"/v2/deployments/{one}", many.api_key) for one in many.deployment_ids]
        random.Random(7).shuffle(gets)
        floors, reads = [], []
        for _ in range(scale.rounds):
            floors.append(measure(Job(port=base.port, requests=gets, seconds=scale.seconds)))
            reads.append(measure(Job(port=server.port, requests=gets, seconds=scale.seconds)))
            expect(reads[-1], {"200"})
        results = [compare("c", f"get by id of {many.count:,}, per second", floors, reads, 0.5)]
        with ours(Path(few.database)) as small:
            results.extend(_measure_searches(scale, (small, few), (server, many)))
        resident = resident_megabytes(server)
        results.append(
            Result(
                letter="e",
                what=f"resident memory with {many.count:,} deployments, after these reads",
                floor="",
                ours=f"{resident:.0f} MB",
                figure=f"{resident:.0f} MB",
                target="< 200 MB",
                is_met=resident < 200,
            )
        )
        return results


def measure_start(scale: Scale) -> list[Result]:
    """(f) from nothing to the first answer."""
    many = get_dataset(scale.deployments)
    seconds = [_time_start(many) for _ in range(scale.starts)]
    median = statistics.median(seconds)
    return [
        Result(
            letter="f",
            what=f"cold start to the first answer, {many.count:,} deployments, file not in memory",
            floor="",
            ours=f"{min(seconds):.2f} to {max(seconds):.2f} s",
            figure=f"{median:.2f} s",
            target="< 2 s",
            is_met=median < 2,
        )
    ]


def _measure_searches(scale: Scale, few: tuple[RunningServer, Dataset], many: tuple[RunningServer, Dataset]) -> list[Result]:
    results = []
    for what, parameters in _searches().items():
        rounds = []
        for _ in range(scale.rounds):
            outcomes = []
            for server, dataset in (few, many):
                requests = [_search_request(dataset, service, parameters) for service in range(bodies.SERVICES)]
                outcomes.append(measure(Job(port=server.port, requests=requests, seconds=scale.seconds / 3, warmup_seconds=0.2)))
                expect(outcomes[-1], {"200"})
            rounds.append(outcomes)
        slowdown = statistics.median(small.per_second / large.per_second for small, large in rounds)
        results.append(
            Result(
                letter="d",
                what=f"search, {what}: {many[1].count:,} against {few[1].count:,}",
                floor=f"{statistics.median(small.per_second for small, _ in rounds):,.0f}/s",
                ours=f"{statistics.median(large.per_second for _, large in rounds):,.0f}/s",
                figure=f"{slowdown:.2f} times",
                target="≤ 3 times",
                is_met=slowdown <= 3,
            )
        )
    return results


def _searches() -> dict[str, dict[str, str | int]]:
    """Searches whose pages are full over few deployments too, so that the same is answered."""
    middle = bodies.NEWEST_START - bodies.SPAN / 2
    half_a_year = bodies.SPAN / 6
    window = {"startTime": bodies.to_wire(middle - half_a_year), "endTime": bodies.to_wire(middle)}
    return {
        "newest of a service": {},
        "one environment": {"environmentIds": "prod"},
        "half a year": window,
        "until a time": {"endTime": window["endTime"]},
        "two services, tenth page": {"paginationKey": 180, "other": 1},
    }


def _search_request(dataset: Dataset, service: int, parameters: dict[str, str | int]) -> bytes:
    wanted = dict(parameters)
    services = [dataset.service_ids[service]]
    if wanted.pop("other", None):
        services.append(dataset.service_ids[service - 1])
    query = urlencode({"serviceIds": ",".join(services), **wanted})
    return bodies.get_request(f"/v2/deployments/search?{query}", dataset.api_key)


def _time_start(dataset: Dataset) -> float:
    _forget(Path(dataset.database))
    began = time.perf_counter()
    with ours(Path(dataset.database)) as server:
        fetch(server, f"/v2/deployments/{dataset.deployment_ids[0]}", key=dataset.api_key)
        return time.perf_counter() - began


def _forget(database: Path) -> None:
    """Have the system drop the file from its memory, as after a reboot."""
    if hasattr(os, "posix_fadvise"):
        for file in database.parent.glob(database.name + "*"):
            with file.open("rb") as opened:
                os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
