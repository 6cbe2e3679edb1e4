"""Put credentials and what is known of their use together."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from shipledger.access.credential import Credential
from shipledger.access.grant import PERSONAL
from shipledger.access.use import UseStore
from shipledger.found import Found
from shipledger.verbs.sources import Source


class ListingStore(UseStore, Protocol):
    """The part of the store that this needs."""

    async def list_credentials(self, organization_id: str) -> Found[Credential]:
        """All credentials of an organization, newest first."""

    async def list_signs_of_life(self, organization_id: str) -> dict[str, datetime]:
        """When each credential's client last said that it is there."""


async def list_used(store: ListingStore, organization_id: str, *, now: datetime) -> Found[Source]:
    """All credentials, newest first, people's own too, and what cannot be read."""
    found = await store.list_credentials(organization_id)
    uses = {one.credential_id: one for one in await store.list_uses(organization_id, now=now)}
    signs = await store.list_signs_of_life(organization_id)
    sources = []
    for one in found:
        use, sign = uses.get(one.credential_id), signs.get(one.credential_id)
        seen = [at for at in (use.seen_at if use else None, sign) if at is not None]
        sources.append(Source(one, use, max(seen, default=None)))
    return Found(sources, found.damaged)


async def list_sources(store: ListingStore, organization_id: str, *, now: datetime) -> list[Source]:
    """The credentials of an organization, newest first, without people's own."""
    return [one for one in await list_used(store, organization_id, now=now) if one.credential.kind != PERSONAL]
