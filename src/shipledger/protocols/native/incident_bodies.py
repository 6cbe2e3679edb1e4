"""The bodies of incidents. Pure."""

from __future__ import annotations

from shipledger.ledger.state import Tier
from shipledger.protocols.native.bodies import (
    ID_LIMIT,
    NAME_LIMIT,
    TEXT_LIMIT,
    TITLE_LIMIT,
    Checked,
    check_items,
    read_releases,
)
from shipledger.protocols.native.reading import Reader, read_items
from shipledger.protocols.native.vocabulary import STATUS_SPELLINGS, STATUSES, TIERS
from shipledger.protocols.native.wire import IncidentIn
from shipledger.protocols.wire_json import decode_kept

SERVICES_LIMIT = 100
TAGS_LIMIT = 100

ENDS = ("restored_at", "resolved_at", "ended_at")
"""What senders call the end; the first that is there counts, as service is back before an incident is resolved."""

SOMETHING_HIT = "should be provided, or external_id, services or team"
BEFORE_ITS_START = "should not be before started_at"
STILL_OPEN = "should be left out while the status is open"


def check_incidents(text: str) -> Checked[IncidentIn]:
    """The incident, or the list of them, in a body that arrives: all of them, or none. Raises what ``check_items`` does."""
    return check_items(text, _read_incident)


def read_kept_incidents(text: str) -> tuple[IncidentIn, ...]:
    """The incidents in a body that was checked when it arrived."""
    return tuple(_read_incident(item) for item in read_items(decode_kept(text), {}))


def _read_incident(body: Reader) -> IncidentIn:
    tier, sent_tier = body.word("tier", TIERS, {}) or (Tier.UNMAPPED, None)
    status = body.word("status", STATUSES, STATUS_SPELLINGS)
    named = [*body.texts("service", limit=1, item_limit=NAME_LIMIT)]
    named += body.texts("services", limit=SERVICES_LIMIT, item_limit=NAME_LIMIT)
    ends = {name: body.time(name) for name in ENDS}
    end = next((name for name in ENDS if ends[name] is not None), ENDS[1])
    read = IncidentIn(
        external_id=body.text("external_id", limit=ID_LIMIT),
        title=body.text("title", limit=TITLE_LIMIT),
        description=body.text("description", limit=TEXT_LIMIT),
        services=tuple(dict.fromkeys(named)),
        team=body.text("team", limit=NAME_LIMIT),
        severity=body.text("severity", limit=NAME_LIMIT),
        environment=body.text("environment", limit=NAME_LIMIT),
        environment_name=body.text("environment_name", limit=NAME_LIMIT),
        tier=tier,
        sent_tier=sent_tier,
        status=None if status is None else status[0],
        started_at=body.time("started_at"),
        resolved_at=ends[end],
        version=body.text("version", limit=NAME_LIMIT),
        releases=read_releases(body, has_else=True),
        tags=body.texts("tags", limit=TAGS_LIMIT, item_limit=NAME_LIMIT),
    )
    if not any(body.has(name) for name in ("title", "external_id", "service", "services", "team")):
        body.fault("title", SOMETHING_HIT)
    if read.resolved_at is not None:
        if read.status is STATUSES["open"]:
            body.fault(end, STILL_OPEN)
        elif read.started_at is not None and read.resolved_at < read.started_at:
            body.fault(end, BEFORE_ITS_START)
    return read
