"""What an entry about a target says, in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shipledger.forwarding.webhooks.model import (
    ReportGivenUp,
    ReportRedelivered,
    ReportSecretReplaced,
    ReportWebhookAdded,
    ReportWebhookRemoved,
)


def describe(said: Any) -> tuple[str, ...]:
    """One short sentence for each thing that a report says; of an erased one only that."""
    match said:
        case ReportWebhookAdded():
            return (f"Webhook {said.name} added, at {said.address}. It hears of {', '.join(said.topics)}.",)
        case ReportSecretReplaced():
            return (f"Secret of the webhook {said.name} replaced.",)
        case ReportWebhookRemoved():
            return (f"Webhook {said.name} removed, with its messages.",)
        case ReportRedelivered():
            return (f"{_count(said.message_ids)} to {said.name} sent again.",)
        case ReportGivenUp():
            return (f"{_count(said.message_ids)} to {said.name} given up: {said.reason}",)
        case _:
            return ("Erased.",)


def _count(message_ids: Sequence[str]) -> str:
    return f"Message {message_ids[0]}" if len(message_ids) == 1 else f"{len(message_ids):,} messages"
