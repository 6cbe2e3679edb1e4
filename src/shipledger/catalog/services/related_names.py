"""What services are called now that changes of another one mention."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from shipledger.catalog.service import Service
from shipledger.catalog.services.words import list_related_ids


class FindsServices(Protocol):
    """Who knows the services."""

    async def find_service(self, organization_id: str, service: str, /) -> Service | None:
        """The service with this id, or None."""


async def find_related_names(ledger: FindsServices, organization_id: str, submissions: Iterable[Any]) -> dict[str, str]:
    """The names, by id, of the services that submissions on others relate to, as far as they are there."""
    related = sorted({one for submission in submissions for one in list_related_ids(submission)})
    found = [await ledger.find_service(organization_id, one) for one in related]
    return {one.service_id: one.name for one in found if one is not None}
