"""The words of this API. Its states and tiers are the ledger's own; other spellings are read, and never written."""

from __future__ import annotations

from shipledger.gating.gate import GateStatus
from shipledger.incidents.standing import IncidentStatus
from shipledger.ledger.state import State, Tier
from shipledger.pull_requests.model import PullRequestState

PROTOCOL = "native"
SOURCE = "native"
RECORD = "record-deployment"
RECORD_LIST = "record-deployments"
RECORD_INCIDENT = "record-incident"
RECORD_INCIDENT_LIST = "record-incidents"
ASK_GATE = "ask-gate"
MARK = "mark-deployment"
RECORD_PULL_REQUEST = "record-pull-request"
RECORD_PULL_REQUEST_LIST = "record-pull-requests"
MARK_INCIDENT = "mark-incident"
DECIDE_GATE = "decide-gate"
MERGE = "merge-deployment"
SPLIT = "split-deployment"
GATED_PARAMETER = "deployment"
"""The parameter of a decision's receipt that names the deployment."""

PREFIX = "/ledger/v1"

STATES: dict[str, State] = {state.value: state for state in State}
"""Every state of the ledger, by its own name."""

STATE_SPELLINGS: dict[str, State] = {
    "initial": State.PENDING,
    "started": State.IN_PROGRESS,
    "running": State.IN_PROGRESS,
    "success": State.SUCCESSFUL,
    "succeeded": State.SUCCESSFUL,
    "failure": State.FAILED,
    "canceled": State.CANCELLED,
}
"""What CI systems call some of them."""

REMEDIES: dict[str, str] = {"rollback": "rollback", "rollforward": "rollforward"}
"""How a failed change was remedied."""

REMEDY_SPELLINGS: dict[str, str] = {"roll_back": "rollback", "roll_forward": "rollforward", "hotfix": "rollforward"}
"""What people call it."""

TIERS: dict[str, Tier] = {tier.value: tier for tier in Tier}
"""``unmapped`` says nothing: the rules of the organization tell the tier by the name of the environment."""

PULL_REQUEST_STATES: dict[str, PullRequestState] = {state.value: state for state in PullRequestState}
"""How a pull request stands."""

STATUSES: dict[str, IncidentStatus] = {status.value: status for status in IncidentStatus}
"""How an incident stands."""

STATUS_SPELLINGS: dict[str, IncidentStatus] = {"triggered": IncidentStatus.OPEN, "acknowledged": IncidentStatus.OPEN}
"""What incident tools call some of them."""

GATE_STATUSES: dict[str, GateStatus] = {status.value: status for status in GateStatus}
"""How a gate stands."""

DECISIONS: dict[str, GateStatus] = {
    "allow": GateStatus.ALLOWED,
    "allowed": GateStatus.ALLOWED,
    "approve": GateStatus.ALLOWED,
    "approved": GateStatus.ALLOWED,
    "prevent": GateStatus.PREVENTED,
    "prevented": GateStatus.PREVENTED,
    "reject": GateStatus.PREVENTED,
    "rejected": GateStatus.PREVENTED,
}
"""What people may decide, in the words of several tools."""
