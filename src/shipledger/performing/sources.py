"""Sources, as the native API shows them."""

from __future__ import annotations

from shipledger.performing.performer import Performer
from shipledger.verbs.source_listing import list_sources
from shipledger.verbs.sources import Source


class SourcePerformer(Performer):
    """See ``verbs.sources.SourceBrowsing``."""

    async def list_sources(self, organization_id: str) -> list[Source]:
        """The credentials of an organization."""
        return await list_sources(self._parts.store, organization_id, now=self._parts.clock.now())
