"""The words of this API and those of the ledger, both ways. Each table is total over the words it translates."""

from __future__ import annotations

from shipledger.ledger.state import State

PROTOCOL = "iftrue"
SOURCE = "iftrue"
RECORD = "record"

STATES: dict[str, State] = {
    "succes": State.SUCCESSFUL,
    "in_progress": State.IN_PROGRESS,
    "fail": State.FAILED,
}
"""``succes`` is how the vendor spells it."""

SPELLINGS: dict[str, str] = {"success": "succes", "failed": "fail"}
"""What is read besides, and the vendor's word for it."""

STATE_WORDS: dict[State, str] = {
    State.SUCCESSFUL: "succes",
    State.PENDING: "in_progress",
    State.IN_PROGRESS: "in_progress",
    State.UNKNOWN: "in_progress",
    State.FAILED: "fail",
    State.CANCELLED: "fail",
    State.ROLLED_BACK: "fail",
}

DEFAULT_STATUS = "succes"
TRIGGERED_BY = "webhook"
GITHUB_HOST = "github.com"
