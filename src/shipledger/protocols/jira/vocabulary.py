"""The words of this API and those of the ledger. Each table is total over the words that it translates."""

from __future__ import annotations

from shipledger.ledger.state import State, Tier

PROTOCOL = "jira"
SOURCE = "jira"

STATES: dict[str, State] = {
    "unknown": State.UNKNOWN,
    "pending": State.PENDING,
    "in_progress": State.IN_PROGRESS,
    "cancelled": State.CANCELLED,
    "failed": State.FAILED,
    "rolled_back": State.ROLLED_BACK,
    "successful": State.SUCCESSFUL,
}

TIERS: dict[str, Tier] = {
    "unmapped": Tier.UNMAPPED,
    "development": Tier.DEVELOPMENT,
    "testing": Tier.TESTING,
    "staging": Tier.STAGING,
    "production": Tier.PRODUCTION,
}

SUBMIT = "submit"
DELETE_BY_KEY = "delete-by-key"
DELETE_BY_PROPERTIES = "delete-by-properties"

ISSUE_TYPES = frozenset({"issueKeys", "issueIdOrKeys"})
SERVICE_TYPE = "serviceIdOrKeys"
SERVICE_ID_PREFIX = "b:"
"""Of the ids that the vendor gives services; everything else is a key that people gave."""
COMMIT_TYPE = "commit"
REPOSITORY_TYPE = "repository"

GATE_COMMAND = "initiate_deployment_gating"

SCHEMA_VERSION = "1.0"

MIN_INT64 = -(2**63)
MAX_INT64 = 2**63 - 1
