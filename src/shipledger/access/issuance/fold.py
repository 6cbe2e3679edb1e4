"""Fold entries into the life of a credential. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from shipledger.access.issuance.model import Issuance, ReportIssued, ReportRevoked
from shipledger.ledger.aggregate import RecordEntry
from shipledger.ledger.replay import replay


def fold_history(entries: Sequence[RecordEntry]) -> Issuance | None:
    """The life that all entries make; None when the first one is erased."""
    return replay(entries, fold, begins=lambda entry: isinstance(entry.submission, ReportIssued | ReportRevoked))


def fold(current: Issuance | None, entry: RecordEntry) -> Issuance:
    """The life after ``entry``."""
    said = entry.submission
    if current is None:
        return Issuance(
            organization_id=entry.organization_id,
            issuance_id=entry.subject_id,
            version=entry.version,
            credential_kind=said.credential_kind,
            name=said.name,
            scopes=said.scopes if isinstance(said, ReportIssued) else (),
            issued_at=entry.recorded_at if isinstance(said, ReportIssued) else None,
            revoked_at=entry.recorded_at if isinstance(said, ReportRevoked) else None,
            successor_of=said.successor_of if isinstance(said, ReportIssued) else "",
        )
    if isinstance(said, ReportRevoked) and current.revoked_at is None:
        return replace(current, version=entry.version, revoked_at=entry.recorded_at)
    return replace(current, version=entry.version)
