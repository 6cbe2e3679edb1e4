"""Who did what, for edges."""

from __future__ import annotations

from typing import Protocol

from shipledger.ledger.auditing import AuditFilter
from shipledger.verbs.auditing import ActPage


class AuditVerbs(Protocol):
    """Who did what, when, from the entries of all kinds of records."""

    async def read_acts(self, organization_id: str, wanted: AuditFilter) -> ActPage:
        """A page in words, newest first."""
