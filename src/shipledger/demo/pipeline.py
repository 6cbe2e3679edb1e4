"""How the jobs of the shop build and deploy, and what they call Opsgenie's API with. Pure."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from shipledger.demo.call import Call, Sender
from shipledger.demo.company import SampleEnvironment, SampleService
from shipledger.demo.history import History

SEED = 20_200_326
DUPLICATE_SHARE = 0.03
LATE_SHARE = 0.02
ONCE_BEFORE = timedelta(days=21)
"""Before that the jobs reported once, at the end."""


class Change(Struct, frozen=True):
    """What a build brings: a commit for each repository of its service."""

    service: SampleService
    build: int
    title: str
    commits: dict[str, str]


class Pipeline:
    """Builds changes and deploys them. Remembers what runs where, for those that are rolled back."""

    def __init__(self, history: History, until: datetime) -> None:
        self.dice = random.Random(SEED)  # noqa: S311  sample data
        self._history = history
        self._until = until
        self._builds: dict[str, int] = {}
        self._ran: dict[tuple[str, str], list[tuple[datetime, Change]]] = defaultdict(list)

    def build(self, service: SampleService, begins_at: datetime, words: str) -> Change:
        """The next change of a service. Its title names an issue."""
        build = self._builds.get(service.name) or self.dice.randint(100, 900)
        self._builds[service.name] = build + 1
        title = f"{service.issue_prefix}-{1_000 + build} {words}"
        return Change(service, build, title, self._history.merge(service, begins_at, title))

    def deploy(
        self,
        change: Change,
        environment: SampleEnvironment,
        begins_at: datetime,
        ends_at: datetime | None,
        *,
        state: str = "successful",
        saves: str = "",
    ) -> Iterator[Call]:
        """The calls of one deployment; ``ends_at`` None: it is under way."""
        dice, body = self.dice, _body_of(change, environment, begins_at)
        if ends_at is not None and state == "successful":
            self._ran[change.service.name, environment.id].append((ends_at, change))
        if ends_at is not None and (change.service.reports_once or self._until - begins_at > ONCE_BEFORE):
            yield _create(dice, ends_at, {**body, "state": state, "completedAt": format_time(ends_at)}, saves)
            return
        yield _create(dice, begins_at, {**body, "state": "started"}, saves)
        if ends_at is None:
            return
        if dice.random() < DUPLICATE_SHARE:
            yield _create(dice, begins_at + timedelta(seconds=30), {**body, "state": "started"})
        external_id = body["externalId"]
        yield _update_state(dice, ends_at, external_id, state, ends_at)
        if dice.random() < LATE_SHARE:
            yield _update_state(dice, ends_at + timedelta(seconds=40), external_id, "started", begins_at)

    def roll_back(
        self, change: Change, environment: SampleEnvironment, begins_at: datetime, *, saves: str = ""
    ) -> Iterator[Call]:
        """Deploy what ran before ``change``; nothing, if it is the first."""
        ran = self._ran[change.service.name, environment.id]
        before = [one for at, one in ran if at < begins_at and one.build != change.build]
        if before:
            ends_at = begins_at + timedelta(minutes=self.dice.randint(*environment.deploy_minutes))
            again = Change(change.service, change.build, f"Roll back to build {before[-1].build}", before[-1].commits)
            yield from self.deploy(again, environment, begins_at, ends_at, saves=saves)


def job_of(service: SampleService) -> str:
    """The name of the service's job."""
    return service.name.lower().replace(" ", "-")


def _body_of(change: Change, environment: SampleEnvironment, begins_at: datetime) -> dict[str, Any]:
    job = job_of(change.service)
    run = f"{change.build}-rollback" if change.title.startswith("Roll back") else str(change.build)
    return {
        "environment": {"type": environment.type, "id": environment.id, "displayName": environment.name},
        "startedAt": format_time(begins_at),
        "message": change.title,
        "externalId": f"job/{job}/{run}/{environment.id}",
        "description": f"Build {change.build} of {job}",
        "externalLink": f"https://ci.example.com/job/{job}/{change.build}",
        "releases": [
            {
                "type": "bbc",
                "repository": {"workspace": {"identifier": repository.split("/")[1]}, "repoSlug": repository.split("/")[2]},
                "commit": {"sha": commit},
            }
            for repository, commit in change.commits.items()
        ],
    }


def _create(dice: random.Random, at: datetime, body: dict[str, Any], saves: str = "") -> Call:
    at = _shortly_after(dice, at)
    return Call(at=at, sender=Sender.SHOP, method="POST", path="/v2/deployments", body=body, saves=saves)


def _update_state(dice: random.Random, at: datetime, external_id: str, state: str, reported_at: datetime) -> Call:
    path = f"/v2/deployments/{quote(external_id, safe='')}/updateState?type=api"
    body = {"state": state, "completedAt": format_time(reported_at)}
    return Call(at=_shortly_after(dice, at), sender=Sender.SHOP, method="PATCH", path=path, body=body)


def _shortly_after(dice: random.Random, at: datetime) -> datetime:
    return at + timedelta(microseconds=dice.randint(400_000, 2_600_000))


def format_time(moment: datetime) -> str:
    """The moment as these jobs write it."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
