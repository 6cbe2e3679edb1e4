"""States of deployments and tiers of environments, in the ledger's terms."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """The state of a deployment."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    SUCCESSFUL = "successful"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ROLLED_BACK = "rolled_back"
    UNKNOWN = "unknown"


class Tier(StrEnum):
    """The purpose of an environment. Unmapped: unknown."""

    DEVELOPMENT = "development"
    TESTING = "testing"
    STAGING = "staging"
    PRODUCTION = "production"
    UNMAPPED = "unmapped"


PHASES: dict[State, int] = {
    State.PENDING: 0,
    State.UNKNOWN: 0,
    State.IN_PROGRESS: 1,
    State.SUCCESSFUL: 2,
    State.CANCELLED: 2,
    State.ROLLED_BACK: 2,
    State.FAILED: 2,
}
"""If a protocol orders reports by time, a report of a lower phase never replaces one of a higher phase."""

SEVERITIES: dict[State, int] = {
    State.PENDING: 0,
    State.UNKNOWN: 0,
    State.IN_PROGRESS: 0,
    State.SUCCESSFUL: 0,
    State.CANCELLED: 1,
    State.ROLLED_BACK: 2,
    State.FAILED: 3,
}
"""Of two reports with the same phase and time, the greater severity wins."""

FINAL_PHASE = 2


def is_final(state: State) -> bool:
    """Whether a deployment in this state has ended."""
    return PHASES[state] == FINAL_PHASE
