"""The words of this API and those of the ledger, both ways. Each table is total over the words it translates."""

from __future__ import annotations

from shipledger.ledger.receipt import Settlement
from shipledger.ledger.state import State, Tier
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind

PROTOCOL = "opsgenie"
API_SOURCE = "opsgenie"
PIPELINES_SOURCE = "opsgenie-pipelines"

STATES: dict[str, State] = {
    "initial": State.PENDING,
    "started": State.IN_PROGRESS,
    "successful": State.SUCCESSFUL,
    "failed": State.FAILED,
}

STATE_WORDS: dict[State, str] = {
    State.PENDING: "initial",
    State.UNKNOWN: "initial",
    State.IN_PROGRESS: "started",
    State.SUCCESSFUL: "successful",
    State.FAILED: "failed",
    State.CANCELLED: "failed",
    State.ROLLED_BACK: "failed",
}

TIERS: dict[str, Tier] = {
    "Test": Tier.TESTING,
    "Staging": Tier.STAGING,
    "Production": Tier.PRODUCTION,
}

TIER_WORDS: dict[Tier, str] = {
    Tier.DEVELOPMENT: "Test",
    Tier.TESTING: "Test",
    Tier.UNMAPPED: "Test",
    Tier.STAGING: "Staging",
    Tier.PRODUCTION: "Production",
}

RELEASE_TYPES = ("bbc",)
WORKSPACE_TYPES: dict[str, str] = {"name": "name", "bbcUuid": "uuid"}
"""From the type of a workspace to what a refusal calls it."""

IDENTIFIER_TYPES = ("id", "api", "pipelines")
VISIBILITIES = ("TEAM_MEMBERS", "OPSGENIE_USERS")

CREATE = "create"
UPDATE_STATE = "update-state"
UPDATE = "update"

ACTIONS: dict[str, tuple[str, str]] = {
    CREATE: ("Create", "Deployment successfully created"),
    UPDATE_STATE: ("Update State", "Deployment State updated successfully"),
    UPDATE: ("Update", "Deployment updated successfully"),
}
"""From an operation to its action and to what its request status says when it succeeded."""

PIPELINES_NOT_UPDATABLE = "Update is not supported for pipelines deployments"
DEPLOYMENT_UNKNOWN = "Deployment does not exist"
REQUEST_UNKNOWN = "Request does not exist"
OUR_FAULT = "Request could not be processed because of an internal error. It is kept, and an operator can replay it."


def status_of(settlement: Settlement) -> str:
    """What the request status says of a request that is settled or quarantined."""
    if not settlement.verdicts:
        return OUR_FAULT
    verdict = settlement.verdicts[0]
    return refusal_of(verdict) if verdict.kind is VerdictKind.REJECTED else ACTIONS[settlement.operation][1]


def refusal_of(verdict: Verdict) -> str:
    """Why a request was rejected. The subject of an unknown workspace begins with its kind, ``name:`` or ``uuid:``."""
    if verdict.reason is Reason.UNKNOWN_DEPLOYMENT:
        return DEPLOYMENT_UNKNOWN
    if verdict.reason is Reason.UNKNOWN_WORKSPACE:
        return f"Bitbucket Integration with {verdict.subject} not found"
    if verdict.reason is Reason.MANAGED_ELSEWHERE:
        return PIPELINES_NOT_UPDATABLE
    return verdict.sentence
