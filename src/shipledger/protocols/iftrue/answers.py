"""From the ledger's record to this API's answer. Pure."""

from __future__ import annotations

import re
import uuid
from http import HTTPStatus

from shipledger.catalog.repository import repository_key
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.registers import known
from shipledger.protocols.iftrue.vocabulary import STATE_WORDS, TRIGGERED_BY
from shipledger.protocols.iftrue.wire import RecordOut, StoredOut
from shipledger.protocols.times import format_time

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


STORED = "The deployment is stored and not processed yet; send the same request again to get its record"


def is_stored() -> StoredOut:
    """What is told of a report that is durable while its record cannot be told: the same call again finds it."""
    return StoredOut(status_code=HTTPStatus.ACCEPTED.value, message=STORED)


def to_record(deployment: Deployment) -> RecordOut:
    """The record of a deployment that was reported through this API."""
    facts = deployment.facts
    release = deployment.releases[0]
    member_id = known(facts.actor) or ""
    return RecordOut(
        id=deployment.deployment_id,
        triggered_by=TRIGGERED_BY,
        title=known(facts.title) or "",
        changelog=known(facts.description),
        is_hotfix=known(facts.is_hotfix) or False,
        is_forced=known(facts.is_forced) or False,
        is_fix=known(facts.is_fix) or False,
        commits_count=known(facts.commits_count) or 0,
        organization_id=deployment.organization_id,
        repository_id=_name_id(deployment.organization_id, "repository", repository_key(release.repository)),
        pusher_id=member_id if _UUID.fullmatch(member_id) else _name_id(deployment.organization_id, "member", member_id),
        url=known(facts.url),
        branch=known(facts.branch) or "",
        commit_id=release.commit,
        deployment_duration=_duration(deployment),
        node_id=known(facts.external_id),
        status=STATE_WORDS[deployment.state],
        created_at=format_time(deployment.recorded_at),
        updated_at=format_time(deployment.updated_at),
    )


def _duration(deployment: Deployment) -> int | float | None:
    """In seconds: as reported, else from a report of the start to one of the end, else not known."""
    seconds: float | None = known(deployment.facts.duration_seconds)
    if seconds is None and deployment.started_at and deployment.ended_at and deployment.ended_at > deployment.started_at:
        seconds = round((deployment.ended_at - deployment.started_at).total_seconds(), 3)
    return int(seconds) if seconds is not None and seconds.is_integer() else seconds


def _name_id(organization_id: str, kind: str, name: str) -> str:
    return str(uuid.uuid5(uuid.UUID(organization_id), f"{kind}:{name}"))
