"""What is sent: creates of the size that the vendor's page shows, as requests made beforehand."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

SERVICES = 50
REPOSITORIES_OF_A_SERVICE = 4
ENVIRONMENTS = (("Production", "prod"), ("Production", "prod-eu"), ("Staging", "staging"), ("Test", "test"))
NEWEST_START = datetime(2026, 11, 1, tzinfo=UTC)
SPAN = timedelta(days=3 * 365)
NUMBER = "%NUMBER%"


def to_wire(moment: datetime) -> str:
    """A time as the vendor writes it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def repository_of(service: int, repository: int) -> str:
    """The slug of a repository of a service."""
    return f"service-{service:02d}-part-{repository}"


def create(number: int, count: int) -> dict[str, Any]:
    """The ``number``-th of ``count`` creates, which spread evenly over three years, services and environments."""
    chance = random.Random(number)
    started_at = NEWEST_START - SPAN * (1 - number / count)
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


def numbered_create(key: str) -> tuple[bytes, bytes]:
    """The bytes of a create, before and after the twelve digits that make its external id its own."""
    body = json.dumps({**create(7, 10), "state": "started", "externalId": NUMBER}, separators=(",", ":"))
    before, after = body.split(NUMBER)
    head = (
        "POST /v2/deployments HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: GenieKey {key}\r\nContent-Length: {len(before) + 12 + len(after)}\r\n\r\n"
    )
    return (head + before).encode(), after.encode()
