"""Look for requests, accepted and refused."""

from __future__ import annotations

from typing import Protocol

from shipledger.access.refused import RefusedRecord
from shipledger.verbs.request_listing import FoundRequests, RequestFilter


class RequestVerbs(Protocol):
    """Look for requests, accepted and refused."""

    async def list_requests(self, organization_id: str, wanted: RequestFilter) -> FoundRequests:
        """A page of requests, newest first."""

    async def find_refused(self, organization_id: str, refused_id: str) -> RefusedRecord | None:
        """The refused request with this id, or None."""
