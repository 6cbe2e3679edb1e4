"""The fields of incidents that a query may name, and how each is compared."""

from __future__ import annotations

from enum import StrEnum

from shipledger.protocols.opsgenie.incident_words import PRIORITIES, STATUSES


class Kind(StrEnum):
    """What a field holds: a text that is looked through by words, names that are compared whole, a number, or a time."""

    TEXT = "text"
    NAMES = "names"
    NUMBER = "number"
    TIME = "time"


FIELDS: dict[str, Kind] = {
    "id": Kind.NAMES,
    "tinyId": Kind.NUMBER,
    "message": Kind.TEXT,
    "description": Kind.TEXT,
    "status": Kind.NAMES,
    "priority": Kind.NAMES,
    "tag": Kind.NAMES,
    "teams": Kind.NAMES,
    "responders": Kind.NAMES,
    "services": Kind.NAMES,
    "impactedServices": Kind.NAMES,
    "actions": Kind.NAMES,
    "details.key": Kind.NAMES,
    "details.value": Kind.TEXT,
    "createdAt": Kind.TIME,
    "updatedAt": Kind.TIME,
    "insertedAt": Kind.TIME,
    "impactStartDate": Kind.TIME,
    "impactEndDate": Kind.TIME,
    "postmortemRequired": Kind.NAMES,
    "postmortemStatus": Kind.NAMES,
    "postmortemPublishDueDate": Kind.TIME,
}
"""By name. Nobody writes postmortems here: none is required or due."""

FURTHER_NAMES: dict[str, str] = {"serviceId": "impactedServices", "tags": "tag", "ownerTeam": "teams"}
"""As answers call what the query language calls otherwise."""

SERVICE_FIELDS = ("services", "impactedServices")
START_FIELDS = ("createdAt", "impactStartDate")
CHOICES: dict[str, tuple[str, ...]] = {
    "status": tuple(STATUSES.values()),
    "priority": PRIORITIES,
    "postmortemRequired": ("true", "false"),
    "postmortemStatus": ("draft", "in-review", "published", "no-postmortem"),
}

_BY_NAME = {name.casefold(): name for name in FIELDS} | {name.casefold(): field for name, field in FURTHER_NAMES.items()}


def find_field(name: str) -> str | None:
    """The field that a name in whatever letters means, or None."""
    return _BY_NAME.get(name.casefold())
