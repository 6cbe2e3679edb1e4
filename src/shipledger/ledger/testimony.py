"""Which report said what stands in a deployment. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET

from shipledger.ledger.course import end_of
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.fold import said_start
from shipledger.ledger.history import separated_versions
from shipledger.ledger.submission import Amend, ChangeState, Hear, RecordDeployment


def find_report(entries: Sequence[Entry], reported: Deployment, field: str) -> Entry | None:
    """The report that first said what ``reported``, without corrections, has in a field; None where none did."""
    moved = separated_versions(entries)
    return next((one for one in entries if one.version not in moved and _says(one, reported, field)), None)


def _says(entry: Entry, reported: Deployment, field: str) -> bool:
    said = entry.submission.submission if isinstance(entry.submission, Hear) else entry.submission
    if field == "state":
        return isinstance(said, RecordDeployment | ChangeState) and said.state == reported.report
    if field == "finished_at":
        finished_at = reported.finished_at
        if finished_at is None or not isinstance(said, RecordDeployment | ChangeState):
            return False
        return end_of(said.state, said_start(said) if isinstance(said, RecordDeployment) else None) == finished_at
    if field == "started_at" and isinstance(said, RecordDeployment):
        return said_start(said) is not None and said_start(said) == reported.started_at
    if not isinstance(said, RecordDeployment | Amend) or field == "is_removed":
        return False
    value = getattr(said.facts, field)
    return value is not UNSET and value == getattr(reported.facts, field)
