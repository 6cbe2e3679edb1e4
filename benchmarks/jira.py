"""(g) bulk submissions of Jira's API against the floor, and (h) the page of an issue over many against few."""

from __future__ import annotations

import http.client
import json
import random
import statistics
import time
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import bodies
from benchmarks.dataset import Dataset, get_dataset
from benchmarks.load import Job, Outcome
from benchmarks.results import Result, Scale, compare_sizes, expect
from benchmarks.servers import floor, measure, ours, read_counters, wait_until_settled
from tests.support.jira import deployment
from tests.support.program import RunningServer

DEPLOYMENTS_OF_A_CALL = 100
CALLERS = 8
READERS = 8
ISSUES = 2_000
SETTLED_SHARE = 0.5


def measure_jira(scale: Scale) -> list[Result]:
    """(g) bulks of a hundred, until all of them have their verdicts, and (h) pages of issues."""
    return [_measure_bulk(scale), _measure_issue_page(scale)]


def _measure_bulk(scale: Scale) -> Result:
    with floor() as base, ours() as server:
        create, bulk = bodies.numbered_create("none"), _numbered_bulk(_fetch_token(server))
        rounds: list[tuple[Outcome, float]] = []
        number = 0
        for _ in range(scale.rounds):
            floor_outcome = measure(Job(port=base.port, numbered=create, seconds=scale.seconds))
            before, began = read_counters(server)["settled"], time.perf_counter()
            outcome = measure(
                Job(
                    port=server.port,
                    numbered=bulk,
                    first_number=number,
                    connections=CALLERS,
                    warmup_seconds=0,
                    seconds=scale.seconds,
                )
            )
            expect(outcome, {"202"})
            wait_until_settled(server, items_of_a_receipt=DEPLOYMENTS_OF_A_CALL)
            rounds.append((floor_outcome, (read_counters(server)["settled"] - before) / (time.perf_counter() - began)))
            number = outcome.next_number
        ratio = statistics.median(rate / floor_outcome.per_second for floor_outcome, rate in rounds)
        return Result(
            letter="g",
            what=f"deployments per second, from the first bulk of {DEPLOYMENTS_OF_A_CALL} to the last verdict",
            floor=f"{statistics.median(floor_outcome.per_second for floor_outcome, _ in rounds):,.0f}/s",
            ours=f"{statistics.median(rate for _, rate in rounds):,.0f}/s",
            figure=f"{ratio:.2f}",
            target=f"≥ {SETTLED_SHARE}",
            is_met=ratio >= SETTLED_SHARE,
        )


def _numbered_bulk(token: str) -> list[bytes]:
    """The pieces of a bulk: the number makes the pipeline its own, and each of its deployments has a sequence number."""
    deployments = [
        deployment(
            deploymentSequenceNumber=sequence,
            pipeline={"id": bodies.NUMBER, "displayName": "Storefront", "url": "https://ci.example.com/storefront"},
            associations=[{"associationType": "issueIdOrKeys", "values": [f"SHIP-{sequence}"]}],
        )
        for sequence in range(1, DEPLOYMENTS_OF_A_CALL + 1)
    ]
    body = json.dumps({"deployments": deployments}, separators=(",", ":"))
    return bodies.numbered_post("/rest/deployments/0.1/bulk", {"Authorization": f"Bearer {token}"}, body)


def _fetch_token(server: RunningServer) -> str:
    made = server.run_json("credential", "create", "jira-oauth", "--name", "bench")
    asked = {"grant_type": "client_credentials", "client_id": made["client_id"], "client_secret": made["client_secret"]}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request("POST", "/oauth/token", urlencode(asked), {"Content-Type": "application/x-www-form-urlencoded"})
        return str(json.load(connection.getresponse())["access_token"])
    finally:
        connection.close()


def _measure_issue_page(scale: Scale) -> Result:
    many, few = get_dataset(scale.deployments), get_dataset(scale.few_deployments)
    with ours(Path(few.database)) as small, ours(Path(many.database)) as large:
        rounds = []
        for _ in range(scale.rounds):
            pair = []
            for server, dataset in ((small, few), (large, many)):
                outcome = measure(
                    Job(port=server.port, requests=_page_requests(dataset), connections=READERS, seconds=scale.seconds / 2)
                )
                expect(outcome, {"200"})
                pair.append(outcome)
            rounds.append((pair[0], pair[1]))
        issues = many.count // bodies.DEPLOYMENTS_OF_AN_ISSUE
        what = f"page of an issue: {many.count:,} deployments of {issues:,} issues against {few.count:,}"
        return compare_sizes("h", what, rounds, 2)


def _page_requests(dataset: Dataset) -> list[bytes]:
    numbers = random.Random(7).sample(range(dataset.count), min(ISSUES, dataset.count))
    return [bodies.get_request(f"/issues/{bodies.issue_of(number, dataset.count)}", "none") for number in numbers]
