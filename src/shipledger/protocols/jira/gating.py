"""The gating status, as it is asked for and as it is pushed. Pure."""

from __future__ import annotations

from datetime import datetime

from shipledger.clock import from_microseconds
from shipledger.gating.gate import Gate, GateStatus
from shipledger.gating.notice import GateNotice, page_of
from shipledger.ledger.deployment import Deployment
from shipledger.protocols.jira.paths import DeploymentKey
from shipledger.protocols.jira.wire import GatingStatusOut
from shipledger.protocols.times import format_time

INVALID = "invalid"
"""The status of a deployment that never asked for a gate, or that ended before a decision: its client fails the build."""

STATUSES: dict[GateStatus, str] = {
    GateStatus.AWAITING: "awaiting",
    GateStatus.ALLOWED: "allowed",
    GateStatus.PREVENTED: "prevented",
    GateStatus.CLOSED: INVALID,
}

GATE_PATH = "/gates/"


def to_gating_status(key: DeploymentKey, gate: Gate, *, base_url: str) -> GatingStatusOut:
    """The status of a gate; ``base_url`` is where its page is."""
    return _to_status(key, gate.key, gate.status, gate.changed_at, f"{base_url}{GATE_PATH}{gate.key}")


def to_told_status(notice: GateNotice, *, base_url: str, organization: str) -> GatingStatusOut:
    """The status at a change that an app is told of. Its link names the ``organization`` by its slug."""
    link = page_of(notice.key, public_url=base_url, organization=organization)
    key = DeploymentKey(notice.pipeline_id, notice.environment_id, notice.sequence or 0)
    return _to_status(key, notice.key, notice.status, from_microseconds(notice.changed_us), link)


def to_ungated_status(key: DeploymentKey, deployment: Deployment) -> GatingStatusOut:
    """The status of a deployment that never asked for a gate."""
    return GatingStatusOut(
        deployment_sequence_number=key.sequence_number,
        pipeline_id=key.pipeline_id,
        environment_id=key.environment_id,
        updated_timestamp=format_time(deployment.recorded_at),
        gating_status=INVALID,
        details=[],
    )


def _to_status(key: DeploymentKey, gate_key: str, status: GateStatus, changed_at: datetime, link: str) -> GatingStatusOut:
    return GatingStatusOut(
        deployment_sequence_number=key.sequence_number,
        pipeline_id=key.pipeline_id,
        environment_id=key.environment_id,
        updated_timestamp=format_time(changed_at),
        gating_status=STATUSES[status],
        details=[{"type": "issue", "issueKey": gate_key, "issueLink": link}],
    )
