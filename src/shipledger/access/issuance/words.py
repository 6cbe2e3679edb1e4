"""What an entry about a credential says, in words. Pure."""

from __future__ import annotations

from typing import Any

from shipledger.access.issuance.model import ReportIssued, ReportRevoked


def describe(said: Any) -> tuple[str, ...]:
    """One short sentence for each thing that a report says; of an erased one only that."""
    if isinstance(said, ReportIssued):
        rights = f" It may: {', '.join(said.scopes)}." if said.scopes else ""
        begun = f"Issued as {said.name}, of the kind {said.credential_kind}.{rights}"
        return (begun, f"It replaces {said.successor_of}.") if said.successor_of else (begun,)
    return (f"Revoked: {said.name}.",) if isinstance(said, ReportRevoked) else ("Erased.",)
