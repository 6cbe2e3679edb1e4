"""(w) the first pages that people open, over many deployments: their median time, and their size before it is compressed."""

from __future__ import annotations

import asyncio
import shutil
import statistics
import tempfile
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import bodies
from benchmarks.dataset import CACHE, get_dataset
from benchmarks.load import Job
from benchmarks.people import sign_in_readers
from benchmarks.results import Result, Scale, describe, expect
from benchmarks.servers import fetch, measure, ours

MOST_MILLISECONDS = 50
MOST_BYTES = 200_000


def measure_first_pages(scale: Scale) -> list[Result]:
    """(w) each page by itself, one reader at a time."""
    many = get_dataset(scale.deployments)
    with tempfile.TemporaryDirectory(prefix="pages-", dir=CACHE) as folder:
        database = Path(folder).absolute() / "ledger.db"
        shutil.copy(many.database, database)
        cookie = asyncio.run(sign_in_readers(database, many.organization_id))[0]
        with ours(database, log_level="error") as server:
            results = []
            for what, path in list_pages().items():
                request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()
                job = Job(port=server.port, requests=[request], connections=1, seconds=scale.seconds / 3, warmup_seconds=0.2)
                rounds = [measure(job) for _ in range(scale.rounds)]
                for one in rounds:
                    expect(one, {"200"})
                size = len(fetch(server, path).encode())
                median = statistics.median(one.p50_milliseconds for one in rounds)
                results.append(
                    Result(
                        letter="w",
                        what=f"{what}, {many.count:,} deployments",
                        floor="",
                        ours=describe(rounds),
                        figure=f"{median:.1f} ms, {size / 1000:.0f} kB",
                        target=f"< {MOST_MILLISECONDS} ms, < {MOST_BYTES / 1000:.0f} kB",
                        is_met=median < MOST_MILLISECONDS and size < MOST_BYTES,
                    )
                )
            return results


def list_pages() -> dict[str, str]:
    """The pages by what they are. The newest deployments of a dataset are at a time of their own, so that is asked for."""
    days = {"an hour": 1 / 24, "a day": 1, "a week": 7, "ten years": 3_650}
    timelines = {f"timeline of {name}": _timeline(timedelta(days=one)) for name, one in days.items()}
    return {"home": "/", **timelines, "timeline of a service over a year": _timeline(timedelta(days=365), service="Service 07")}


def _timeline(span: timedelta, **narrowed: str) -> str:
    until = bodies.NEWEST_START
    return f"/timeline?{urlencode({'from': (until - span).isoformat(), 'to': until.isoformat(), **narrowed})}"
