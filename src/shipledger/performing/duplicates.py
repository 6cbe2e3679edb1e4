"""Records that seem to tell of one deployment."""

from __future__ import annotations

from datetime import timedelta

from shipledger.duties.duplicates import Duplicates
from shipledger.performing.performer import Performer
from shipledger.verbs.duplicates import LOOKED_AT, FoundDuplicates


class DuplicatePerformer(Performer):
    """See ``verbs.duplicates.DuplicateVerbs``."""

    async def list_duplicates(self, organization_id: str, *, within: timedelta, days: int) -> FoundDuplicates:
        """The pairs that a rule would merge."""
        since = self._parts.clock.now() - timedelta(days=days)
        duplicates = Duplicates(self._parts.store)
        found = await duplicates.list_pairs(organization_id, after=(since, ""), within=within, limit=LOOKED_AT)
        return FoundDuplicates(found.pairs, found.looked_at, found.is_complete)
