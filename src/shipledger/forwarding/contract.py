"""What every store does with the outbox; part of ``store.contract.Store``. Messages are written by what they tell of."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from shipledger.forwarding.message import LoggedMessage, Message, MessageFilter, OutboxBacklog
from shipledger.forwarding.target import Target, TargetRecord
from shipledger.forwarding.trying import Tried
from shipledger.found import Found


class SendingStore(Protocol):
    """What is sent."""

    async def list_ready_targets(self, organization_id: str, *, now: datetime) -> list[Target]:
        """The targets with a message that is due at ``now`` and may be sent. Those of revoked and disabled apps wait."""

    async def claim_messages(
        self, target: Target, *, node_id: str, now: datetime, until: datetime, most: int, limit: int
    ) -> list[Message]:
        """Claim until a time what a target is to be told now: of each subject the first message that is pending.

        At most ``limit``, and never more than ``most`` of a target at once, over all nodes; only one of a target whose breaker
        is half open. No two nodes get the same message. Raises Unavailable if the node was struck off.
        """

    async def record_attempt(self, message: Message, tried: Tried, *, node_id: str) -> bool:
        """Log an attempt, with what it makes of the message and of its target; False if the node lost its claim.

        A target that answers again has its other messages due at once. Raises Unavailable if the node was struck off.
        """

    async def take_over_deliveries(self, organization_id: str) -> int:
        """Make messages of what nodes of the version before noted for apps about their gates; how many."""


class OutboxStore(SendingStore, Protocol):
    """The log of messages, and the targets."""

    async def list_messages(self, organization_id: str, wanted: MessageFilter) -> Found[Message]:
        """A page of messages, newest first."""

    async def find_message(self, organization_id: str, message_id: str) -> LoggedMessage | None:
        """A message with its log, or None."""

    async def list_messages_about(self, organization_id: str, subject_id: str) -> list[LoggedMessage]:
        """All messages about a record with their logs, oldest first."""

    async def redeliver_message(self, organization_id: str, message_id: str, *, now: datetime) -> None:
        """Let a message be sent again, now, under the same id. Raises NotFound, and Conflict while it is being sent."""

    async def give_up_message(self, organization_id: str, message_id: str, *, reason: str, now: datetime) -> None:
        """Give up a pending message. Raises NotFound, and Conflict if it is not pending or is being sent."""

    async def give_up_old_messages(self, organization_id: str, *, until: datetime, now: datetime) -> int:
        """Give up what has been pending since before ``until``; how many."""

    async def count_old_messages(self, organization_id: str, *, until: datetime, limit: int) -> int:
        """How many messages ended before ``until``; at most ``limit``."""

    async def forget_old_messages(self, organization_id: str, *, until: datetime, limit: int) -> int:
        """Forget messages that ended before ``until``, with their logs; how many."""

    async def list_targets(self, organization_id: str) -> list[TargetRecord]:
        """The targets, oldest first."""

    async def find_target(self, organization_id: str, target_id: str) -> Target | None:
        """A target, or None."""

    async def create_target(self, target: Target) -> None:
        """Add a target."""

    async def rotate_target_secret(self, target: Target, *, expected_secret: bytes) -> None:
        """Replace the secrets of a target. Raises Conflict if its sealed secret is not ``expected_secret``."""

    async def remove_target(self, organization_id: str, target_id: str) -> bool:
        """Forget a target with its messages; whether there was one."""

    async def get_outbox_backlog(self) -> OutboxBacklog:
        """What waits, over all organizations."""
