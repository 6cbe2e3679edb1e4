"""Look for requests, accepted and refused."""

from __future__ import annotations

from shipledger.access.refused import RefusedRecord
from shipledger.found import Found
from shipledger.performing.performer import Performer, tell_damaged
from shipledger.verbs.request_listing import FoundRequests, RequestFilter, list_requests


class RequestPerformer(Performer):
    """See ``verbs.requests.RequestVerbs``."""

    async def list_requests(self, organization_id: str, wanted: RequestFilter) -> FoundRequests:
        """A page of requests, newest first."""
        found = await list_requests(self._parts.store, organization_id, wanted)
        tell_damaged(Found(found.records, found.damaged))
        return found

    async def find_refused(self, organization_id: str, refused_id: str) -> RefusedRecord | None:
        """The refused request with this id, or None."""
        return await self._parts.store.find_refused(organization_id, refused_id)
