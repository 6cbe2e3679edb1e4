"""Who did what."""

from __future__ import annotations

from shipledger.ledger.auditing import AuditFilter
from shipledger.performing.performer import Performer
from shipledger.verbs.auditing import ActPage, read_acts


class AuditPerformer(Performer):
    """See ``verbs.audit.AuditVerbs``."""

    async def read_acts(self, organization_id: str, wanted: AuditFilter) -> ActPage:
        """A page in words, newest first."""
        return await read_acts(self._parts.store, organization_id, wanted)
