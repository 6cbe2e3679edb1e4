"""What the team of the mobile app reported through Jira's Deployments API: deployments that name issues and commits. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from shipledger.demo.call import Call, Sender
from shipledger.demo.company import MOBILE_APP
from shipledger.demo.history import History

PATH = "/rest/deployments/0.1/bulk"
PROJECT = MOBILE_APP.issue_prefix
FIRST_ISSUE = 200
WEEKS = 16
SEED = 20_211_117
URL = "https://ci.example.com/mobile-app"
WORDS = ("Remember the cart", "Show the order on the map", "Pay with one tap", "Scan a voucher", "Share a wish list")

STEPS: tuple[tuple[str, str, str, float], ...] = (
    ("qa", "QA", "testing", 1.0),
    ("beta", "Beta testers", "staging", 0.85),
    ("stores", "App stores", "production", 0.75),
)
"""Id, name, type, and the share of the releases before that go on to it."""


class _Release(Struct, frozen=True):
    number: int
    issues: tuple[str, ...]
    commit: str
    email: str


def list_submissions(until: datetime, history: History) -> list[Call]:
    """Every call of the weeks before ``until``, oldest first."""
    dice = random.Random(SEED)  # noqa: S311  sample data
    begin = (until - timedelta(weeks=WEEKS)).replace(hour=9, minute=0, second=0, microsecond=0)
    days = [begin + timedelta(days=day) for day in range(WEEKS * 7)]
    releases = [day for day in days if day.isoweekday() in (1, 2, 4)]
    calls = [
        call for number, day in enumerate(releases, start=1) for call in _pass_on(dice, _build(dice, history, number, day), day)
    ]
    asked_at = until - timedelta(minutes=25)
    calls.append(_ask_for_approval(_build(dice, history, len(releases) + 1, asked_at), asked_at))
    return sorted((call for call in calls if call.at <= until), key=lambda call: call.at)


def _build(dice: random.Random, history: History, number: int, at: datetime) -> _Release:
    """A release brings one or two new issues, and at times an old one."""
    newest = FIRST_ISSUE + number * 2
    issues = tuple(f"{PROJECT}-{issue}" for issue in dice.sample((newest, newest + 1, newest - 3), dice.randint(1, 3)))
    (commit,) = history.merge(MOBILE_APP, at, f"{issues[0]} {dice.choice(WORDS)}").values()
    return _Release(number, issues, commit, history.author_of(commit).email)


def _pass_on(dice: random.Random, release: _Release, day: datetime) -> Iterator[Call]:
    """A release on its way through the steps, as far as it comes."""
    at = day + timedelta(minutes=dice.randint(0, 240))
    for environment_id, name, tier, share in STEPS:
        if dice.random() > share:
            return
        at += timedelta(hours=dice.randint(1, 30), minutes=dice.randint(0, 59))
        is_failure = dice.random() < 0.08  # noqa: PLR2004  a share of failures
        environment = {"id": environment_id, "displayName": name, "type": tier}
        state = "successful" if not is_failure else "rolled_back" if tier == "production" else "failed"
        yield _submit(at, {**_body(release, at, environment), "state": state, "duration": dice.randint(200, 900)})
        if is_failure:
            return


def _ask_for_approval(release: _Release, at: datetime) -> Call:
    """The next release waits at a gate for somebody who lets it go to the customers."""
    environment_id, name, tier, _ = STEPS[-1]
    body = _body(release, at, {"id": environment_id, "displayName": name, "type": tier})
    return _submit(at, {**body, "state": "pending", "commands": [{"command": "initiate_deployment_gating"}]})


def _body(release: _Release, at: datetime, environment: dict[str, str]) -> dict[str, Any]:
    commit = {"commitHash": release.commit, "repositoryId": f"https://{MOBILE_APP.repositories[0]}"}
    number = release.number
    return {
        "deploymentSequenceNumber": number,
        "updateSequenceNumber": 1,
        "displayName": f"Mobile app 5.{number}",
        "label": f"5.{number}",
        "url": f"{URL}/{number}",
        "description": f"Release 5.{number} to {environment['displayName']}",
        "lastUpdated": at.isoformat(),
        "associations": [
            {"associationType": "issueKeys", "values": list(release.issues)},
            {"associationType": "serviceIdOrKeys", "values": [MOBILE_APP.name]},
            {"associationType": "commit", "values": [commit]},
        ],
        "triggeredBy": {"email": release.email},
        "pipeline": {"id": "mobile-app", "displayName": "Mobile app", "url": URL},
        "environment": environment,
    }


def _submit(at: datetime, deployment: dict[str, Any]) -> Call:
    at += timedelta(seconds=1)
    return Call(at=at, sender=Sender.MOBILE, method="POST", path=PATH, body={"deployments": [deployment]})
