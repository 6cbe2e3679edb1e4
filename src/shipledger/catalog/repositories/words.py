"""What an entry of a repository says, in words. Pure."""

from __future__ import annotations

from typing import Any

from shipledger.catalog.repositories.model import (
    JoinRepository,
    LeaveFormerName,
    NameRepository,
    RenameRepository,
    SeparateRepository,
)


def describe(said: Any) -> str:
    """One sentence; of an erased entry only that."""
    if isinstance(said, NameRepository):
        return f"Reported as {said.repository}, which may have been {said.former_name} before."
    if isinstance(said, LeaveFormerName):
        return "Mapped by hand: it no longer has the services of a name before."
    if isinstance(said, RenameRepository):
        return f"Renamed from {said.former_name} to {said.repository}."
    if isinstance(said, SeparateRepository):
        return f"Separated from {said.former_name}."
    return f"Became one with {said.repository}." if isinstance(said, JoinRepository) else "Erased."
