"""What the company's CI jobs called in the year, in order. Pure: the same end gives the same calls."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from shipledger.demo.company import (
    ENVIRONMENTS,
    OBJECTS,
    SERVICES,
    UNMAPPED_REPOSITORY,
    VERBS,
    WORKSPACE,
    SampleEnvironment,
    SampleService,
)

YEAR = timedelta(days=365)
SEED = 20_200_326
FIRST_HOUR, LAST_HOUR = 8, 17
FREEZE_MONTH, FREEZE_DAY = 12, 19
"""From this day to the end of the year nothing is deployed."""

DUPLICATE_SHARE = 0.03
LATE_SHARE = 0.02
LOST_SHARE = 0.004
BATCH_SERVICE = SampleService("Nightly reports", "", "", "OPS", (UNMAPPED_REPOSITORY,), 0.3, 0.1)


class Call(Struct, frozen=True):
    """One HTTP call that a CI job made at ``at``."""

    at: datetime
    method: str
    path: str
    body: dict[str, Any]


class _Change(Struct, frozen=True):
    service: SampleService
    build: int
    begins_at: datetime
    title: str
    commits: dict[str, str]


def list_calls(until: datetime) -> list[Call]:
    """Every call of the year that ends at ``until``, oldest first."""
    dice = random.Random(SEED)  # noqa: S311  sample data
    calls = [call for change in _list_changes(dice, until) for call in _follow(dice, change)]
    calls.extend(_deployment_under_way(dice, until))
    return sorted((call for call in calls if call.at <= until), key=lambda call: call.at)


def _list_changes(dice: random.Random, until: datetime) -> Iterator[_Change]:
    begin = (until - YEAR).replace(hour=0, minute=0, second=0, microsecond=0)
    builds = {service.name: dice.randint(100, 900) for service in (*SERVICES, BATCH_SERVICE)}
    for day in range((until - begin).days + 1):
        date = begin + timedelta(days=day)
        if date.weekday() >= 5 or (date.month, date.day) >= (FREEZE_MONTH, FREEZE_DAY):  # noqa: PLR2004  Saturday
            continue
        for service in (*SERVICES, BATCH_SERVICE):
            for _ in range(_count(dice, service.changes_per_week / 5)):
                builds[service.name] += 1
                yield _Change(
                    service=service,
                    build=builds[service.name],
                    begins_at=_time_of_day(dice, date),
                    title=f"{service.issue_prefix}-{dice.randint(100, 4000)} {dice.choice(VERBS)} {dice.choice(OBJECTS)}",
                    commits={repository: _commit(dice) for repository in service.repositories},
                )


def _follow(dice: random.Random, change: _Change) -> Iterator[Call]:
    """The way of a change through the environments, as far as it comes; a failure in production is rolled back."""
    at = change.begins_at
    for environment in ENVIRONMENTS:
        if dice.random() > environment.share:
            return
        at += timedelta(minutes=dice.randint(*environment.pause_minutes))
        ends_at = at + timedelta(minutes=dice.randint(*environment.deploy_minutes), seconds=dice.randint(0, 59))
        is_failure = dice.random() < change.service.failure_share
        yield from _deploy(dice, change, environment, at, ends_at, state="failed" if is_failure else "successful")
        at = ends_at
        if is_failure:
            if environment.type == "Production":
                yield from _roll_back(dice, change, environment, ends_at)
            return


def _deploy(
    dice: random.Random,
    change: _Change,
    environment: SampleEnvironment,
    begins_at: datetime,
    ends_at: datetime,
    *,
    state: str,
) -> Iterator[Call]:
    body = _body_of(change, environment, begins_at)
    if change.service.reports_once:
        yield _create(dice, ends_at, {**body, "state": state, "completedAt": _format(ends_at)})
        return
    yield _create(dice, begins_at, {**body, "state": "started"})
    if dice.random() < DUPLICATE_SHARE:
        yield _create(dice, begins_at + timedelta(seconds=30), {**body, "state": "started"})
    external_id = body["externalId"] if dice.random() > LOST_SHARE else "build-0"
    yield _update_state(dice, ends_at, external_id, state, ends_at)
    if dice.random() < LATE_SHARE:
        yield _update_state(dice, ends_at + timedelta(seconds=40), external_id, "started", begins_at)


def _roll_back(dice: random.Random, change: _Change, environment: SampleEnvironment, failed_at: datetime) -> Iterator[Call]:
    begins_at = failed_at + timedelta(minutes=dice.randint(5, 25))
    ends_at = begins_at + timedelta(minutes=dice.randint(*environment.deploy_minutes))
    before = _Change(
        service=change.service,
        build=change.build - 1,
        begins_at=begins_at,
        title=f"Roll back build {change.build}",
        commits={repository: _commit(dice) for repository in change.commits},
    )
    yield from _deploy(dice, before, environment, begins_at, ends_at, state="successful")


def _deployment_under_way(dice: random.Random, until: datetime) -> Iterator[Call]:
    service = SERVICES[0]
    begins_at = until - timedelta(minutes=3)
    change = _Change(
        service=service,
        build=7_000,
        begins_at=begins_at,
        title=f"{service.issue_prefix}-4001 Speed up the stock query",
        commits={repository: _commit(dice) for repository in service.repositories},
    )
    yield _create(dice, begins_at, {**_body_of(change, ENVIRONMENTS[2], begins_at), "state": "started"})


def _body_of(change: _Change, environment: SampleEnvironment, begins_at: datetime) -> dict[str, Any]:
    job = change.service.name.lower().replace(" ", "-")
    return {
        "environment": {"type": environment.type, "id": environment.id, "displayName": environment.name},
        "startedAt": _format(begins_at),
        "message": change.title,
        "externalId": f"job/{job}/{change.build}/{environment.id}",
        "description": f"Build {change.build} of {job}",
        "externalLink": f"https://ci.example.com/job/{job}/{change.build}",
        "releases": [
            {
                "type": "bbc",
                "repository": {"workspace": {"identifier": WORKSPACE}, "repoSlug": repository},
                "commit": {"sha": commit},
            }
            for repository, commit in change.commits.items()
        ],
    }


def _create(dice: random.Random, at: datetime, body: dict[str, Any]) -> Call:
    return Call(at=_shortly_after(dice, at), method="POST", path="/v2/deployments", body=body)


def _update_state(dice: random.Random, at: datetime, external_id: str, state: str, reported_at: datetime) -> Call:
    path = f"/v2/deployments/{quote(external_id, safe='')}/updateState?type=api"
    body = {"state": state, "completedAt": _format(reported_at)}
    return Call(at=_shortly_after(dice, at), method="PATCH", path=path, body=body)


def _count(dice: random.Random, mean: float) -> int:
    whole = int(mean)
    return sum(dice.random() < mean / (whole + 1) for _ in range(whole + 1))


def _time_of_day(dice: random.Random, date: datetime) -> datetime:
    return date + timedelta(
        hours=dice.randint(FIRST_HOUR, LAST_HOUR - 1), minutes=dice.randint(0, 59), seconds=dice.randint(0, 59)
    )


def _shortly_after(dice: random.Random, at: datetime) -> datetime:
    return at + timedelta(microseconds=dice.randint(400_000, 2_600_000))


def _commit(dice: random.Random) -> str:
    return f"{dice.getrandbits(160):040x}"


def _format(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
