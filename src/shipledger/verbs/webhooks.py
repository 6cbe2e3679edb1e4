"""The outbox: who is told what, the log of that, and what people do about it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from shipledger.forwarding.message import LoggedMessage, Message, MessageFilter
from shipledger.forwarding.target import Target, TargetRecord
from shipledger.ledger.actor import Actor


class OutboxVerbs(Protocol):
    """The receivers of messages, and the log of messages. What is done has an entry that names ``by``."""

    async def list_targets(self, organization_id: str) -> Sequence[TargetRecord]:
        """The targets, oldest first."""

    async def list_messages(self, organization_id: str, wanted: MessageFilter) -> Sequence[Message]:
        """A page of messages, newest first. Raises NotFound if the one to continue after is not there."""

    async def find_message(self, organization_id: str, message_id: str) -> LoggedMessage | None:
        """A message with its attempts, or None."""

    async def redeliver(self, organization_id: str, message_id: str, *, by: Actor) -> None:
        """Send a message again, under the same id. Raises NotFound, and Conflict while it is being sent."""


class WebhookChanges(Protocol):
    """What administrators do over the API. What is done has an entry that names ``by``, without any secret."""

    async def add_webhook(
        self, organization_id: str, url: str, topics: Collection[str], *, name: str = "", by: Actor
    ) -> tuple[Target, str]:
        """A new webhook, and the secret that signs its messages, which is told once. Raises Invalid."""

    async def replace_webhook_secret(self, organization_id: str, target_id: str, *, by: Actor) -> str:
        """A new secret of a webhook; for a day messages are signed with both. Raises NotFound and Conflict."""

    async def remove_webhook(self, organization_id: str, target_id: str, *, by: Actor) -> None:
        """Forget a webhook with its messages. Raises NotFound, and Conflict for an app."""


class WebhookVerbs(OutboxVerbs, Protocol):
    """What administrators do besides."""

    async def add(
        self, organization_id: str, url: str, topics: Collection[str], *, name: str = "", by: Actor
    ) -> tuple[Target, str]:
        """A new webhook, and the secret that signs its messages, which is told once. Raises Invalid."""

    async def rotate(self, organization_id: str, target_id: str, *, by: Actor) -> str:
        """A new secret of a webhook; for a day messages are signed with both. Raises NotFound and Conflict."""

    async def remove(self, organization_id: str, target_id: str, *, by: Actor) -> None:
        """Forget a webhook with its messages. Raises NotFound, and Conflict for an app."""

    async def give_up(self, organization_id: str, message_id: str, *, reason: str, by: Actor) -> None:
        """Give up a pending message. Raises NotFound, and Conflict if it is not pending or is being sent."""
