"""What is not mapped yet, and what is to be left so."""

from __future__ import annotations

from typing import Protocol

from shipledger.catalog.ignoring.model import ItemKind
from shipledger.catalog.inbox import Inbox
from shipledger.ledger.actor import Actor


class InboxPages(Protocol):
    """The inbox of an organization."""

    async def list_open(self, organization_id: str) -> Inbox:
        """Everything that is open, and what is ignored."""

    async def count_open(self, organization_id: str) -> int:
        """How many things are open."""

    async def ignore(self, organization_id: str, kind: ItemKind, name: str, *, by: Actor) -> bool:
        """Leave a name out, now and later; whether it was listed. Raises Invalid and Conflict."""

    async def list_again(self, organization_id: str, kind: ItemKind, name: str, *, by: Actor) -> bool:
        """Undo ``ignore``. Raises Invalid, and NotFound if the name is not ignored."""


class InboxVerbs(Protocol):
    """The same for edges that ask for many topics."""

    async def find_inbox(self, organization_id: str) -> Inbox:
        """Everything that is open, and what is ignored."""

    async def ignore_name(self, organization_id: str, kind: ItemKind, name: str, *, by: Actor) -> bool:
        """Leave a name out. See InboxPages."""

    async def list_name_again(self, organization_id: str, kind: ItemKind, name: str, *, by: Actor) -> bool:
        """Undo ``ignore_name``. See InboxPages."""
