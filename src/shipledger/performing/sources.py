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

    async def find_source(self, organization_id: str, credential_id: str) -> Source | None:
        """One of them, or None."""
        found = await self.list_sources(organization_id)
        return next((one for one in found if one.credential.credential_id == credential_id), None)
