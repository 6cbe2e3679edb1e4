"""Saved views of lists, as their owner asks about them with a personal token."""

from __future__ import annotations

from collections.abc import Sequence

from shipledger.access.grant import Grant
from shipledger.access.people.views import SavedView
from shipledger.ledger.actor import owner_of
from shipledger.performing.performer import Performer


class ViewPerformer(Performer):
    """See ``verbs.views.ViewVerbs``."""

    async def list_own_views(self, grant: Grant) -> Sequence[SavedView]:
        """The views of the person behind a grant, by name."""
        return await self._parts.views.list_own(grant.organization_id, owner_of(grant.credential_id))

    async def save_own_view(self, grant: Grant, name: str, query: str) -> SavedView:
        """Keep a filter under a name."""
        return await self._parts.views.save(grant.organization_id, owner_of(grant.credential_id), name, query)

    async def delete_own_view(self, grant: Grant, view_id: str) -> None:
        """Keep a view no more."""
        await self._parts.views.delete(grant.organization_id, owner_of(grant.credential_id), view_id)
