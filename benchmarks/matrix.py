"""(t) the matrix of 500 services in 6 environments among many deployments: now, at a moment, and by what was known then."""

from __future__ import annotations

import asyncio
import shutil
import statistics
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2

from benchmarks import bodies
from benchmarks.dataset import CACHE, get_dataset
from benchmarks.load import Job
from benchmarks.people import sign_in_readers
from benchmarks.results import Result, Scale, describe, expect
from benchmarks.servers import measure, ours, wait_until_settled
from tests.support.program import RunningServer

SERVICES = 500
ENVIRONMENTS = (
    ("dev", "development"),
    ("test", "testing"),
    ("qa", "testing"),
    ("staging", "staging"),
    ("prod-eu", "production"),
    ("prod-us", "production"),
)
COMMITS = 24
"""Of each service, in a line; each environment is some behind the one before."""
BEHIND = 4
AT_ONCE = 100
MOST_MILLISECONDS, MOST_MILLISECONDS_THEN = 300, 600


def measure_matrix(scale: Scale) -> list[Result]:
    """(t) each question by itself, one at a time."""
    many = get_dataset(scale.deployments)
    with tempfile.TemporaryDirectory(prefix="matrix-", dir=CACHE) as folder:
        database = Path(folder).absolute() / "ledger.db"
        shutil.copy(many.database, database)
        cookie = asyncio.run(sign_in_readers(database, many.organization_id))[0]
        with ours(database, log_level="error") as server:
            token = str(server.run_json("credential", "create", "native", "--name", "bench")["token"])
            known_at = _fill(server, token)
            signed, sent = f"Cookie: {cookie}", f"Authorization: Bearer {token}"
            before = (bodies.NEWEST_START + timedelta(hours=1, minutes=30)).isoformat()
            return [
                _measure(scale, server.port, what, _get(path, header), most)
                for what, path, header, most in (
                    ("over the API", _api(), sent, MOST_MILLISECONDS),
                    ("over the API, at a moment", _api(at=before), sent, MOST_MILLISECONDS_THEN),
                    ("over the API, as known at a moment", _api(as_of=known_at), sent, MOST_MILLISECONDS_THEN),
                    ("on its page", "/matrix", signed, None),
                )
            ]


def _fill(server: RunningServer, token: str) -> str:
    """Record the services. The moment before the last of them changed again."""
    with httpx2.Client(
        base_url=f"http://127.0.0.1:{server.port}", headers={"Authorization": f"Bearer {token}"}, timeout=60
    ) as client:
        for number in range(SERVICES):
            _send(client, "/ledger/v1/commits", {"repository": _repository(number), "commits": _line(number)})
        _record(client, [_deploy(number, place, 1) for number in range(SERVICES) for place in range(len(ENVIRONMENTS))])
        wait_until_settled(server)
        known_at = datetime.now(UTC).isoformat()
        _record(client, [_deploy(number, len(ENVIRONMENTS) - 1, 2) for number in range(SERVICES)])
        wait_until_settled(server)
    return known_at


def _record(client: httpx2.Client, deployments: list[dict[str, Any]]) -> None:
    for first in range(0, len(deployments), AT_ONCE):
        _send(client, "/ledger/v1/deployments", deployments[first : first + AT_ONCE])


def _send(client: httpx2.Client, path: str, body: object) -> None:
    answer = client.post(path, json=body)
    assert answer.is_success, answer.text


def _deploy(number: int, place: int, hour: int) -> dict[str, Any]:
    environment, tier = ENVIRONMENTS[place]
    at = bodies.NEWEST_START + timedelta(hours=hour)
    return {
        "external_id": f"matrix-{number}-{place}-{hour}",
        "service": f"matrix-{number:03d}",
        "environment": environment,
        "tier": tier,
        "state": "successful",
        "started_at": at.isoformat(),
        "finished_at": (at + timedelta(minutes=5)).isoformat(),
        "actor": f"person-{number % 50}",
        "releases": [{"repository": _repository(number), "commit": _commit(number, COMMITS - 1 - place * BEHIND)}],
    }


def _line(number: int) -> list[dict[str, Any]]:
    return [
        {
            "id": _commit(number, place),
            "parents": [_commit(number, place - 1)] if place else [],
            "authored_at": (bodies.NEWEST_START + timedelta(minutes=place)).isoformat(),
            "message": f"SHIP-{number * COMMITS + place} Change",
            "author_name": "Ada",
        }
        for place in range(COMMITS)
    ]


def _commit(number: int, place: int) -> str:
    return f"{number:08x}{place:08x}".ljust(40, "a")


def _repository(number: int) -> str:
    return f"github.com/bench/matrix-{number:03d}"


def _api(**asked: str) -> str:
    return f"/ledger/v1/matrix?{urlencode({'limit': str(SERVICES), **asked})}"


def _get(path: str, header: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\n\r\n".encode()


def _measure(scale: Scale, port: int, what: str, request: bytes, most: int | None) -> Result:
    job = Job(port=port, requests=[request], connections=1, seconds=scale.seconds / 2, warmup_seconds=0.5)
    rounds = [measure(job) for _ in range(scale.rounds)]
    for one in rounds:
        expect(one, {"200"})
    median = statistics.median(one.p50_milliseconds for one in rounds)
    return Result(
        letter="t",
        what=f"matrix of {SERVICES} services in {len(ENVIRONMENTS)} environments among {scale.deployments:,} deployments, {what}",
        floor="",
        ours=describe(rounds),
        figure=f"{median:.0f} ms",
        target="" if most is None else f"< {most} ms",
        is_met=None if most is None else median < most,
    )
