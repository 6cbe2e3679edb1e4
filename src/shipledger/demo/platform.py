"""What the platform team's jobs reported: through Shipledger's own API, and until they were moved, through Datadog's. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from shipledger.demo.year import Call

PATH = "/ledger/v1/deployments"
FORMER_PATH = "/api/v2/dora"
SERVICE = "Recommendations"
REPOSITORY = "https://github.com/acme/recommendations"
RUNS = f"{REPOSITORY}/actions/runs"
WEEKS = 8
FORMER_WEEKS = range(22, 12, -1)
"""The weeks ago in which they still reported through Datadog's API: the key has been silent since."""

SEED = 20_260_405
PEOPLE = ("amara", "jonas", "li-wei")
HOTFIX_WEEK = 3


def list_reports(until: datetime) -> list[Call]:
    """Every call before ``until``, oldest first."""
    dice = random.Random(SEED)  # noqa: S311  sample data
    calls = [*_tell_former(dice, until), *_tell_weekly(dice, until), *_tell_unfinished(dice, until)]
    return sorted(calls, key=lambda call: call.at)


def _tell_former(dice: random.Random, until: datetime) -> Iterator[Call]:
    """A release each week. One failed, and the next day's remedied it."""
    failed = FORMER_WEEKS[4]
    for week in FORMER_WEEKS:
        ended, version, remedy = until - timedelta(weeks=week, hours=2), f"1.{40 - week}.0", f"1.{40 - week}.1"
        yield _report(dice, ended, version)
        if week == failed:
            remedied = ended + timedelta(days=1)
            yield _report(dice, remedied, remedy)
            mark = {"change_failure": True, "remediation": {"id": _former_id(remedy), "type": "rollforward"}}
            body = {"data": {"id": _former_id(version), "type": "dora_deployment_patch_request", "attributes": mark}}
            path = f"{FORMER_PATH}/deployments/{_former_id(version)}"
            yield Call(at=remedied + timedelta(minutes=3), method="PATCH", path=path, body=body)


def _report(dice: random.Random, ended: datetime, version: str) -> Call:
    attributes = {
        "id": _former_id(version),
        "service": SERVICE,
        "env": "production",
        "version": version,
        "started_at": int((ended - timedelta(minutes=6)).timestamp() * 10**9),
        "finished_at": int(ended.timestamp() * 10**9),
        "git": {"commit_sha": _commit(dice), "repository_url": REPOSITORY},
    }
    body = {"data": {"attributes": attributes}}
    return Call(at=ended + timedelta(seconds=2), method="POST", path=f"{FORMER_PATH}/deployment", body=body)


def _former_id(version: str) -> str:
    return f"recommendations-{version.replace('.', '-')}"


def _tell_weekly(dice: random.Random, until: datetime) -> Iterator[Call]:
    """A release each week through two regions, and once a hotfix."""
    for week in range(WEEKS, 0, -1):
        begins = until - timedelta(weeks=week) + timedelta(hours=dice.randint(1, 4))
        version, title = f"2.{WEEKS - week}.0", f"Recommendations 2.{WEEKS - week}.0"
        yield from _ship(dice, begins, version, title)
        if week == HOTFIX_WEEK:
            yield from _ship(dice, begins + timedelta(hours=3), f"2.{WEEKS - week}.1", "Hotfix: hide sold-out products")


def _ship(dice: random.Random, begins: datetime, version: str, title: str) -> Iterator[Call]:
    actor, commit, run = dice.choice(PEOPLE), _commit(dice), dice.randint(10**6, 10**7)
    for number, environment in enumerate(("prod-eu", "prod-us")):
        started = begins + timedelta(minutes=25 * number)
        ended = started + timedelta(minutes=dice.randint(4, 12))
        body = _body(environment, version, title, run, actor, commit, started)
        yield _call(ended, {**body, "tier": "production", "state": "successful", "finished_at": ended.isoformat()})


def _tell_unfinished(dice: random.Random, until: datetime) -> Iterator[Call]:
    """A run that nobody ended, and a deployment to an environment whose tier nothing tells."""
    stuck = until - timedelta(days=3, hours=2)
    body = _body("staging", "2.8.0-rc1", "Recommendations 2.8.0, first candidate", 9_000_001, PEOPLE[0], _commit(dice), stuck)
    yield _call(stuck, {**body, "tier": "staging", "state": "in_progress"})
    started = until - timedelta(days=1, hours=3)
    ended = started + timedelta(minutes=5)
    body = _body("cell-7", "2.8.0-rc2", "Recommendations 2.8.0, second candidate", 9_000_002, PEOPLE[1], _commit(dice), started)
    yield _call(ended, {**body, "state": "successful", "finished_at": ended.isoformat()})


def _body(  # noqa: PLR0917  the members of a report
    environment: str, version: str, title: str, run: int, actor: str, commit: str, started: datetime
) -> dict[str, Any]:
    return {
        "external_id": f"recommendations/{run}/{environment}",
        "service": SERVICE,
        "environment": environment,
        "version": version,
        "title": title,
        "started_at": started.isoformat(),
        "releases": [{"repository": REPOSITORY, "commit": commit}],
        "actor": actor,
        "ci": "github",
        "run": str(run),
        "attempt": "1",
        "url": f"{RUNS}/{run}",
    }


def _call(at: datetime, body: dict[str, Any]) -> Call:
    return Call(at=at + timedelta(seconds=1), method="POST", path=PATH, body=body)


def _commit(dice: random.Random) -> str:
    return f"{dice.getrandbits(160):040x}"
