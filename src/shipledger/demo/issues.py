"""What the team of the mobile app reported through Jira's Deployments API: deployments that name issues. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from shipledger.demo.year import Call

PATH = "/rest/deployments/0.1/bulk"
PROJECT = "APP"
FIRST_ISSUE = 200
WEEKS = 16
SEED = 20_211_117
URL = "https://ci.example.com/mobile-app"

STEPS: tuple[tuple[str, str, str, float], ...] = (
    ("qa", "QA", "testing", 1.0),
    ("beta", "Beta testers", "staging", 0.85),
    ("stores", "App stores", "production", 0.75),
)
"""Id, name, type, and the share of the releases before that go on to it."""


def list_submissions(until: datetime) -> list[Call]:
    """Every call of the weeks before ``until``, oldest first."""
    dice = random.Random(SEED)  # noqa: S311  sample data
    begin = (until - timedelta(weeks=WEEKS)).replace(hour=9, minute=0, second=0, microsecond=0)
    days = [begin + timedelta(days=day) for day in range(WEEKS * 7 + 1)]
    releases = [day for day in days if day.isoweekday() in (1, 2, 4)]
    calls = [call for number, day in enumerate(releases, start=1) for call in _release(dice, number, day)]
    calls.append(_ask_for_approval(len(releases) + 1, until))
    return sorted((call for call in calls if call.at <= until), key=lambda call: call.at)


def _release(dice: random.Random, number: int, day: datetime) -> Iterator[Call]:
    """A release on its way through the steps, as far as it comes. It brings one or two new issues, and at times an old one."""
    newest = FIRST_ISSUE + number * 2
    issues = [f"{PROJECT}-{issue}" for issue in dice.sample((newest, newest + 1, newest - 3), dice.randint(1, 3))]
    at = day + timedelta(minutes=dice.randint(0, 240))
    for environment_id, name, tier, share in STEPS:
        if dice.random() > share:
            return
        at += timedelta(hours=dice.randint(1, 30), minutes=dice.randint(0, 59))
        is_failure = dice.random() < 0.08  # noqa: PLR2004  a share of failures
        environment = {"id": environment_id, "displayName": name, "type": tier}
        yield _submit(at, {**_body(number, at, issues, environment), "state": "failed" if is_failure else "successful"})
        if is_failure:
            return


def _ask_for_approval(number: int, until: datetime) -> Call:
    """The next release waits at a gate for somebody who lets it go to the customers."""
    at = until - timedelta(minutes=25)
    issues = [f"{PROJECT}-{FIRST_ISSUE + number * 2}"]
    environment_id, name, tier, _ = STEPS[-1]
    body = _body(number, at, issues, {"id": environment_id, "displayName": name, "type": tier})
    return _submit(at, {**body, "state": "pending", "commands": [{"command": "initiate_deployment_gating"}]})


def _body(number: int, at: datetime, issues: list[str], environment: dict[str, str]) -> dict[str, Any]:
    return {
        "deploymentSequenceNumber": number,
        "updateSequenceNumber": 1,
        "displayName": f"Mobile app 5.{number}",
        "label": f"5.{number}",
        "url": f"{URL}/{number}",
        "description": f"Release 5.{number} to {environment['displayName']}",
        "lastUpdated": at.isoformat(),
        "associations": [{"associationType": "issueKeys", "values": issues}],
        "pipeline": {"id": "mobile-app", "displayName": "Mobile app", "url": URL},
        "environment": environment,
    }


def _submit(at: datetime, deployment: dict[str, Any]) -> Call:
    return Call(at=at + timedelta(seconds=1), method="POST", path=PATH, body={"deployments": [deployment]})
