"""What is sent: creates of the size that the vendor's page shows, as requests made beforehand."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

SERVICES = 50
REPOSITORIES_OF_A_SERVICE = 4
ENVIRONMENTS = (("Production", "prod"), ("Production", "prod-eu"), ("Staging", "staging"), ("Test", "test"))
NEWEST_START = datetime(2026, 11, 1, tzinfo=UTC)
SPAN = timedelta(days=3 * 365)
NUMBER = "%NUMBER%"
DIGITS = 12
DEPLOYMENTS_OF_AN_ISSUE = 5
PROJECTS = 50
BUSY_SERVICE = "busy"
BUSY_DEPLOYMENTS = 100
BUSY_WEEK = (NEWEST_START - SPAN / 2, NEWEST_START - SPAN / 2 + timedelta(days=7))
"""Every dataset has as many deployments of one service in one week, so that a list of them answers the same."""


def to_wire(moment: datetime) -> str:
    """A time as the vendor writes it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def repository_of(service: int, repository: int) -> str:
    """The slug of a repository of a service."""
    return f"service-{service:02d}-part-{repository}"


def issue_of(number: int, count: int) -> str:
    """The key of the issue that the ``number``-th of ``count`` deployments ships."""
    issue = number % (count // DEPLOYMENTS_OF_AN_ISSUE)
    return f"P{issue % PROJECTS:02d}-{issue + 1}"


def service_of(number: int, count: int) -> str:
    """The service that it names."""
    return BUSY_SERVICE if number % (count // BUSY_DEPLOYMENTS) == 0 else f"Service {number % SERVICES:02d}"


def version_of(number: int) -> str:
    """The version of the ``number``-th deployment, which no other has."""
    return f"{number // 1_000}.{number % 1_000}.0"


def start_of(number: int, count: int) -> datetime:
    """When it starts: evenly over three years, but for the busy week."""
    if service_of(number, count) == BUSY_SERVICE:
        begin, end = BUSY_WEEK
        return begin + (end - begin) * number / count
    return NEWEST_START - SPAN * (1 - number / count)


def create(number: int, count: int) -> dict[str, Any]:
    """The ``number``-th of ``count`` creates, which spread evenly over three years, services and environments."""
    chance = random.Random(number)
    started_at = start_of(number, count)
    kind, environment = chance.choice(ENVIRONMENTS)
    repository = repository_of(number % SERVICES, chance.randrange(REPOSITORIES_OF_A_SERVICE))
    return {
        "state": "failed" if chance.random() < 0.05 else "successful",
        "environment": {"type": kind, "id": environment, "displayName": environment.title()},
        "startedAt": to_wire(started_at),
        "completedAt": to_wire(started_at + timedelta(seconds=chance.randint(20, 1_800))),
        "message": f"Release {number} of {repository}",
        "externalId": f"build-{number}",
        "description": f"Changed node types with versions: resource-deploy-RELEASE-{number}, api-RELEASE-{number + 1}",
        "externalLink": f"https://ci.example.com/job/{repository}/{number}",
        "releases": [
            {
                "type": "bbc",
                "repository": {"workspace": {"identifier": "bench"}, "repoSlug": repository},
                "commit": {"sha": f"{chance.getrandbits(160):040x}"},
            }
        ],
    }


def get_request(path: str, key: str) -> bytes:
    """The bytes of a GET."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: GenieKey {key}\r\n\r\n".encode()


def numbered_create(key: str) -> list[bytes]:
    """The pieces of a create, between which twelve digits make its external id its own."""
    body = json.dumps({**create(7, 1_000), "state": "started", "externalId": NUMBER}, separators=(",", ":"))
    return numbered_post("/v2/deployments", {"Authorization": f"GenieKey {key}"}, body)


def numbered_post(path: str, headers: Mapping[str, str], body: str) -> list[bytes]:
    """The pieces of a POST whose body has twelve digits wherever NUMBER is written."""
    length = len(body) + body.count(NUMBER) * (DIGITS - len(NUMBER))
    lines = {"Host": "127.0.0.1", "Content-Type": "application/json", **headers, "Content-Length": str(length)}
    head = f"POST {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return [piece.encode() for piece in f"{head}\r\n{body}".split(NUMBER)]
