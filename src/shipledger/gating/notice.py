"""What others are told of a gate."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Struct

from shipledger.clock import from_microseconds, to_microseconds
from shipledger.gating.gate import Gate, GateStatus

ASKED = "gate.asked"
DECIDED = "gate.decided"
CLOSED = "gate.closed"
TOPICS = (ASKED, DECIDED, CLOSED)
"""What targets can hear of."""

_TOPIC_OF = {
    GateStatus.AWAITING: ASKED,
    GateStatus.ALLOWED: DECIDED,
    GateStatus.PREVENTED: DECIDED,
    GateStatus.CLOSED: CLOSED,
}


class GateNotice(Struct, frozen=True):
    """How a gate stood at a change: the body of messages, so it is kept. Times are microseconds since 1970."""

    key: str
    deployment_id: str
    pipeline_id: str
    environment_id: str
    sequence: int | None
    status: GateStatus
    asked_us: int
    changed_us: int
    reason: str = ""


_decode = msgspec.json.Decoder(GateNotice).decode


def notice_of(gate: Gate) -> GateNotice:
    """How a gate stands."""
    return GateNotice(
        key=gate.key,
        deployment_id=gate.deployment_id,
        pipeline_id=gate.subject.pipeline_id,
        environment_id=gate.subject.environment_id,
        sequence=gate.subject.sequence,
        status=gate.status,
        asked_us=to_microseconds(gate.asked_at),
        changed_us=to_microseconds(gate.changed_at),
        reason=gate.reason,
    )


def topic_of(status: GateStatus) -> str:
    """The topic of a change to a status."""
    return _TOPIC_OF[status]


def read_notice(body: str) -> GateNotice:
    """The body of a message about a gate."""
    return _decode(body)


def page_of(key: str, *, public_url: str, organization: str) -> str:
    """The address of the page of a gate. It names the ``organization`` by its slug, since a reader may belong to several."""
    return f"{public_url}/gates/{quote(key, safe='')}?{urlencode({'organization': organization})}"


def describe_notice(notice: GateNotice, *, public_url: str, organization: str) -> dict[str, Any]:
    """What webhooks say of a gate. ``public_url`` is where gates have their page; "" if that is not known."""
    return {
        "key": notice.key,
        "status": notice.status.value,
        "reason": notice.reason,
        "deployment_id": notice.deployment_id,
        "pipeline_id": notice.pipeline_id,
        "environment_id": notice.environment_id,
        "sequence": notice.sequence,
        "asked_at": from_microseconds(notice.asked_us),
        "changed_at": from_microseconds(notice.changed_us),
        "url": page_of(notice.key, public_url=public_url, organization=organization) if public_url else None,
    }
