"""Do a thing for every organization, also while some are out of reach, as on Citus while a worker is away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from shipledger.catalog.contract import CatalogStore
from shipledger.catalog.organization import Organization
from shipledger.errors import Unavailable


async def for_every_organization(store: CatalogStore, work: Callable[[Organization], Awaitable[None]]) -> None:
    """``work`` for one organization after the other. Raises Unavailable at the end when that was so for any of them."""
    failure: Unavailable | None = None
    for organization in await store.list_organizations():
        try:
            await work(organization)
        except Unavailable as error:
            failure = error
    if failure is not None:
        raise failure
