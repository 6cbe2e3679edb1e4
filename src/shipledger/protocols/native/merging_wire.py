"""Records that tell of one deployment as they are on the wire. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.witnesses import list_sources
from shipledger.protocols.times import format_known_time, format_time

_PUBLIC = {
    "is_change_failure": "change_failure",
    "is_unplanned": "unplanned",
    "services": "service",
    "issue_keys": "issues",
}
"""What fields are called here, where that differs."""
_SHOWN = frozenset(
    (
        "actor",
        "change_failure",
        "ci",
        "description",
        "environment",
        "finished_at",
        "is_fix",
        "is_forced",
        "is_hotfix",
        "issues",
        "note",
        "releases",
        "remediation",
        "service",
        "started_at",
        "state",
        "title",
        "unplanned",
        "url",
        "version",
    )
)


class WitnessOut(Struct, frozen=True):
    """One of the records that tell of one deployment, as its own sender told it. ``source``: the protocol."""

    id: str
    external_id: str
    source: str
    state: str
    started_at: str | None
    finished_at: str | None
    version: str | None
    url: str | None


class SaidOut(Struct, frozen=True):
    """What another record says of a field, as text."""

    id: str
    value: str


class FieldSourceOut(Struct, frozen=True):
    """Whose word a field is: ``ids`` of the records that say so; ``others`` say something else."""

    ids: tuple[str, ...]
    others: tuple[SaidOut, ...]


def to_witness(one: Deployment) -> WitnessOut:
    """A record as its own sender told it."""
    version, url = one.facts.version, one.facts.url
    return WitnessOut(
        id=one.deployment_id,
        external_id=one.external_id,
        source=one.source,
        state=one.shown_state,
        started_at=format_known_time(one.started_at),
        finished_at=format_known_time(one.finished_at),
        version=version if isinstance(version, str) else None,
        url=url if isinstance(url, str) else None,
    )


def to_sources(deployment: Deployment) -> dict[str, FieldSourceOut]:
    """Whose word each field of a deployment is; nothing where only one record tells of it."""
    found = ((_PUBLIC.get(name, name), said) for name, said in list_sources(deployment).items())
    return {
        name: FieldSourceOut(said.given_by, tuple(SaidOut(one, to_words(value)) for one, value in said.others))
        for name, said in sorted(found)
        if name in _SHOWN
    }


def to_words(value: Any) -> str:
    """A value of a field, for people."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, datetime):
        return format_time(value)
    name = getattr(value, "name", None)
    return name if isinstance(name, str) else msgspec.json.encode(value).decode()
