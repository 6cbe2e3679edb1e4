"""What is not mapped yet, and what is to be left so."""

from __future__ import annotations

from shipledger.catalog.ignoring.model import ItemKind
from shipledger.catalog.inbox import Inbox, InboxDesk
from shipledger.ledger.actor import Actor
from shipledger.performing.performer import Performer


class InboxPerformer(Performer):
    """See ``verbs.inbox.InboxVerbs``."""

    async def find_inbox(self, organization_id: str) -> Inbox:
        """Everything that is open, and what is ignored."""
        return await self._desk.list_open(organization_id)

    async def ignore_name(self, organization_id: str, kind: ItemKind, name: str, *, by: Actor) -> bool:
        """Leave a name out."""
        return await self._desk.ignore(organization_id, kind, name, by=by)

    async def list_name_again(self, organization_id: str, kind: ItemKind, name: str, *, by: Actor) -> bool:
        """Undo that."""
        return await self._desk.list_again(organization_id, kind, name, by=by)

    @property
    def _desk(self) -> InboxDesk:
        return InboxDesk(self._parts.store, self._parts.asks)
