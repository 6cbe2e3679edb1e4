"""The outbox, as edges ask for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from shipledger.forwarding.message import LoggedMessage, Message, MessageFilter
from shipledger.forwarding.target import Target, TargetRecord
from shipledger.ledger.actor import Actor
from shipledger.performing.performer import Performer


class OutboxPerformer(Performer):
    """See ``verbs.webhooks.OutboxVerbs`` and ``WebhookChanges``."""

    async def list_targets(self, organization_id: str) -> Sequence[TargetRecord]:
        """The targets, oldest first."""
        return await self._parts.webhooks.list_targets(organization_id)

    async def list_messages(self, organization_id: str, wanted: MessageFilter) -> Sequence[Message]:
        """A page of messages, newest first."""
        return await self._parts.webhooks.list_messages(organization_id, wanted)

    async def find_message(self, organization_id: str, message_id: str) -> LoggedMessage | None:
        """A message with its attempts, or None."""
        return await self._parts.webhooks.find_message(organization_id, message_id)

    async def redeliver(self, organization_id: str, message_id: str, *, by: Actor) -> None:
        """Send a message again."""
        await self._parts.webhooks.redeliver(organization_id, message_id, by=by)

    async def add_webhook(
        self, organization_id: str, url: str, topics: Collection[str], *, name: str = "", by: Actor
    ) -> tuple[Target, str]:
        """A new webhook and its secret."""
        return await self._parts.webhooks.add(organization_id, url, topics, name=name, by=by)

    async def replace_webhook_secret(self, organization_id: str, target_id: str, *, by: Actor) -> str:
        """A new secret of a webhook."""
        return await self._parts.webhooks.rotate(organization_id, target_id, by=by)

    async def remove_webhook(self, organization_id: str, target_id: str, *, by: Actor) -> None:
        """Forget a webhook."""
        await self._parts.webhooks.remove(organization_id, target_id, by=by)
