"""A small model of the Opsgenie API: what a ledger answers, from the contract's rules and without its code."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

PHASES = {"initial": 0, "started": 1, "successful": 2, "failed": 2}
SEVERITIES = {"initial": 0, "started": 0, "successful": 0, "failed": 1}
TEXTS = ("message", "description", "externalLink")

Rank: TypeAlias = tuple[int, str, int]
Key: TypeAlias = tuple[str, str, frozenset[tuple[str, str]]]


@dataclass
class Deployment:
    """One deployment as it should be. ``rank`` orders the state report that counts; ``ended`` is its completedAt.

    ``first_start`` is the earliest of its creates, ``said_start`` what an update put in its place.
    """

    id: str
    key: Key
    external_id: str
    first_start: str
    environment: dict[str, str]
    releases: list[dict[str, Any]]
    rank: Rank = (-1, "", 0)
    state: str = ""
    ended: str | None = None
    said_start: str | None = None
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def started_at(self) -> str:
        """The start that counts."""
        return self.said_start or self.first_start

    @property
    def day(self) -> str:
        """The day of all its times."""
        return self.first_start[:10]

    @property
    def repositories(self) -> set[str]:
        """Its repositories, as services are mapped to them."""
        return {_repository(release) for release in self.releases}

    @property
    def counts_as_ended(self) -> str:
        """What a search by end compares."""
        return self.ended if PHASES[self.state] == 2 and self.ended else self.started_at

    def report(self, state: str, completed_at: str | None, *, at: str) -> None:
        """Join a report of a state."""
        rank = (PHASES[state], at, SEVERITIES[state])
        if rank > self.rank:
            self.rank, self.state, self.ended = rank, state, completed_at

    def expected(self) -> dict[str, Any]:
        """What get answers."""
        kind, identifier = self.environment["type"], self.environment["id"]
        named = {"displayName": self.environment["displayName"], "environmentType": kind, "identifier": identifier}
        answer: dict[str, Any] = {
            "id": self.id,
            "externalId": self.external_id,
            "state": self.state,
            "type": "api",
            "startedAt": self.started_at,
            "environment": {"type": kind, "id": identifier, **named},
            "releases": [_read_back(release) for release in self.releases],
        }
        if self.ended:
            answer["completedAt"] = self.ended
        return {**answer, **{name: text for name, text in self.texts.items() if text}}


class Model:
    """All deployments of one organization, in the order of their recording.

    It tells runs apart in the simplest way: all creates of a series with starts on one day are one run, which the calls keep
    true by ends that are later than every start of their day (ADR 0015; tests/routes/opsgenie/test_runs.py has the others).
    """

    def __init__(self) -> None:
        self.deployments: dict[str, Deployment] = {}

    def find_repeat(self, body: dict[str, Any]) -> Deployment | None:
        """The deployment that a create repeats, or None."""
        key = _key_of(body)
        return next((one for one in self.deployments.values() if one.key == key), None)

    def find_external(self, external_id: str) -> Deployment | None:
        """The deployment with this external id that started last, or None."""
        named = [one for one in self.deployments.values() if one.external_id == external_id]
        return max(named, key=lambda one: (one.started_at, one.id), default=None)

    def create(self, deployment_id: str, body: dict[str, Any]) -> None:
        """Record a create that was answered with this id."""
        found = self.find_repeat(body)
        if found is None:
            found = Deployment(
                id=deployment_id,
                key=_key_of(body),
                external_id=body.get("externalId", deployment_id),
                first_start=body["startedAt"],
                environment=body["environment"],
                releases=body["releases"],
            )
            self.deployments[deployment_id] = found
        found.external_id = body.get("externalId", found.external_id)
        found.first_start = min(found.first_start, body["startedAt"])
        found.environment, found.releases = body["environment"], body["releases"]
        found.texts.update({name: body[name] for name in TEXTS if body.get(name)})
        completed_at = body.get("completedAt")
        found.report(body["state"], completed_at, at=completed_at or body["startedAt"])

    def update(self, found: Deployment, body: dict[str, Any]) -> None:
        """Change what the body names."""
        found.external_id = body.get("externalId") or found.external_id
        found.said_start = body.get("startedAt", found.said_start)
        found.texts.update({name: body[name] for name in TEXTS if name in body})

    def search(self, repositories: set[str], query: dict[str, str]) -> list[str]:
        """The ids that a search answers, without paging."""
        found = [
            one
            for one in self.deployments.values()
            if one.repositories & repositories
            and query.get("environmentIds", one.environment["id"]) == one.environment["id"]
            and query.get("startTime", "") <= one.started_at
            and one.counts_as_ended <= query.get("endTime", "9")
        ]
        by_id = sorted(found, key=lambda one: one.id)
        return [one.id for one in sorted(by_id, key=lambda one: one.started_at, reverse=True)]


def _key_of(body: dict[str, Any]) -> Key:
    said = body.get("externalId")
    name = f"external {said} {body['startedAt'][:10]}" if said else f"started {body['startedAt']}"
    commits = frozenset((_repository(release), str(release["commit"]["sha"])) for release in body["releases"])
    return name, str(body["environment"]["id"]), commits


def _repository(release: dict[str, Any]) -> str:
    repository = release["repository"]
    return f"{repository['workspace']['identifier']}/{repository['repoSlug']}"


def _read_back(release: dict[str, Any]) -> dict[str, Any]:
    repository = release["repository"]
    return {**release, "repository": {"repoSlug": repository["repoSlug"], "workspace": repository["workspace"]["identifier"]}}
