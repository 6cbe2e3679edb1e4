"""The gating status, as it is asked for and as it is pushed. Pure."""

from __future__ import annotations

from shipledger.gating.gate import Gate, GateStatus
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
    return GatingStatusOut(
        deployment_sequence_number=key.sequence_number,
        pipeline_id=key.pipeline_id,
        environment_id=key.environment_id,
        updated_timestamp=format_time(gate.changed_at),
        gating_status=STATUSES[gate.status],
        details=[{"type": "issue", "issueKey": gate.key, "issueLink": f"{base_url}{GATE_PATH}{gate.key}"}],
    )


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
