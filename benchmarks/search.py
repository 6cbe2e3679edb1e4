"""(s) a search in one box over many deployments: its median time, and how often that of a read by id from the floor it is."""

from __future__ import annotations

import random
import statistics
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import bodies
from benchmarks.dataset import Dataset, get_dataset
from benchmarks.load import Job, Outcome
from benchmarks.reads import READ_DOCUMENT
from benchmarks.results import Result, Scale, describe, expect
from benchmarks.servers import floor, measure, ours

MOST_MILLISECONDS = 100
WORDS_ASKED = 200
"""Of each kind of question."""


def measure_search(scale: Scale) -> list[Result]:
    """(s) each kind of question by itself, one at a time, beside a read by id from the floor."""
    many = get_dataset(scale.deployments)
    query = READ_DOCUMENT.format(many.organization_id)
    with floor(ledger=many.database, query=query) as base, ours(Path(many.database)) as server:
        token = str(server.run_json("credential", "create", "native", "--name", "bench")["token"])
        gets = [bodies.get_request(f"/v2/deployments/{one}", many.api_key) for one in many.deployment_ids[:WORDS_ASKED]]
        return [
            _measure(
                scale,
                Job(port=base.port, requests=gets, connections=1, seconds=scale.seconds / 6, warmup_seconds=0.2),
                Job(port=server.port, requests=requests, connections=1, seconds=scale.seconds / 3, warmup_seconds=0.2),
                f"search over {many.count:,}: {what}",
            )
            for what, words in list_questions(many).items()
            for requests in [[_request(one, token) for one in words]]
        ]


def list_questions(dataset: Dataset) -> dict[str, list[str]]:
    """What is looked for, by what it is."""
    chance = random.Random(7)
    numbers = [chance.randrange(dataset.count) for _ in range(WORDS_ASKED)]
    commits = [bodies.create(number, dataset.count)["releases"][0]["commit"]["sha"] for number in numbers]
    return {
        "a whole commit": commits,
        "seven characters of a commit": [commit[:7] for commit in commits],
        "four characters of a commit": [commit[:4] for commit in commits],
        "a version": [bodies.version_of(number) for number in numbers],
        "an issue": [bodies.issue_of(number, dataset.count) for number in numbers],
        "the beginning of an issue": [bodies.issue_of(number, dataset.count)[:5] for number in numbers],
        "an id": chance.sample(dataset.deployment_ids, min(WORDS_ASKED, len(dataset.deployment_ids))),
        "an external id": [f"build-{number}" for number in numbers],
        "a service": [f"Service {number % bodies.SERVICES:02d}" for number in numbers],
        "a rare word": [str(number) for number in numbers],
        "a word of every title": ["release", "service", "part"],
        "a beginning of every title": ["rel", "serv", "par"],
        "three words": [f"release {number} part" for number in numbers],
        "nothing that is there": [f"nowhere{number}" for number in numbers],
    }


def _measure(scale: Scale, floor_job: Job, job: Job, what: str) -> Result:
    rounds: list[tuple[Outcome, Outcome]] = []
    for _ in range(scale.rounds):
        base, outcome = measure(floor_job), measure(job)
        expect(outcome, {"200"})
        rounds.append((base, outcome))
    median = statistics.median(outcome.p50_milliseconds for _, outcome in rounds)
    times = statistics.median(outcome.p50_milliseconds / base.p50_milliseconds for base, outcome in rounds)
    return Result(
        letter="s",
        what=what,
        floor=describe([base for base, _ in rounds]),
        ours=describe([outcome for _, outcome in rounds]),
        figure=f"{median:.1f} ms, {times:.0f} times",
        target=f"< {MOST_MILLISECONDS} ms",
        is_met=median < MOST_MILLISECONDS,
    )


def _request(words: str, token: str) -> bytes:
    path = f"/ledger/v1/search?{urlencode({'q': words})}"
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
